// Short messages about what was just done, with a way back or onwards where there is one.
export interface Toast {
  id: number;
  kind: 'done' | 'failure';
  text: string;
  lifetime?: number;
  action?: { label: string; run: () => void } | { label: string; href: string };
  // Others do not push it away: its end has consequences.
  pinned?: boolean;
  // It has gone, and its action was not taken.
  onend?: () => void;
  // Shows what the text sums up.
  details?: { label: string; run: () => void };
}
// What its action does here and now, if what was done went well, is to take it back.
export const isUndo = ({ kind, action }: Pick<Toast, 'kind' | 'action'>) => kind === 'done' && action !== undefined && 'run' in action;
// What keeps a toast from going while it lasts.
export type Hold = 'pointer' | 'focus' | 'report';

const LIFETIME_MS = 6000;
// At least so long it stays after it was held.
const AFTERWARDS_MS = 2000;
const MOST = 4;

interface Clock {
  timer: ReturnType<typeof setTimeout> | undefined;
  endsAt: number;
  holds: Set<Hold>;
}

export class Toasts {
  items = $state.raw<Toast[]>([]);
  private clocks = new Map<number, Clock>();
  private next = 1;

  // Gives what `dismiss` takes.
  show(toast: Omit<Toast, 'id'>): number {
    const id = this.next++;
    this.items = [...this.items, { id, ...toast }];
    for (const one of this.items.filter(({ pinned }) => !pinned).slice(0, Math.max(0, this.items.length - MOST))) this.dismiss(one.id);
    // A failure, or a way back, stays longer: it has to be read, or reached with the keyboard.
    const lifetime = toast.lifetime ?? (toast.kind === 'failure' || toast.action || toast.details ? LIFETIME_MS * 2 : LIFETIME_MS);
    const clock: Clock = { timer: undefined, endsAt: 0, holds: new Set() };
    this.clocks.set(id, clock);
    this.run(id, clock, lifetime);
    return id;
  }
  done(text: string, action?: Toast['action']): void {
    this.show({ kind: 'done', text, action });
  }
  failure(text: string): void {
    this.show({ kind: 'failure', text });
  }
  dismiss(id: number): void {
    this.remove(id)?.onend?.();
  }
  // Does what its button says.
  act(id: number): void {
    const action = this.remove(id)?.action;
    if (action && 'run' in action) action.run();
  }
  // Takes back what was done last; false where there is nothing to take back.
  undo(): boolean {
    const last = this.items.findLast(isUndo);
    if (last) this.act(last.id);
    return last !== undefined;
  }

  hold(id: number, by: Hold): void {
    const clock = this.clocks.get(id);
    clock?.holds.add(by);
    clearTimeout(clock?.timer);
  }
  release(id: number, by: Hold): void {
    const clock = this.clocks.get(id);
    if (clock?.holds.delete(by) && clock.holds.size === 0) this.run(id, clock, Math.max(AFTERWARDS_MS, clock.endsAt - Date.now()));
  }

  private run(id: number, clock: Clock, milliseconds: number): void {
    clock.endsAt = Date.now() + milliseconds;
    clock.timer = setTimeout(() => this.dismiss(id), milliseconds);
  }
  private remove(id: number): Toast | undefined {
    clearTimeout(this.clocks.get(id)?.timer);
    this.clocks.delete(id);
    const toast = this.items.find((one) => one.id === id);
    this.items = this.items.filter((one) => one.id !== id);
    return toast;
  }
}
export const toasts = new Toasts();
