// Short messages about what was just done, with a way back or onwards where there is one.
export interface Toast {
  id: number;
  kind: 'done' | 'failure';
  text: string;
  lifetime?: number;
  action?: { label: string; run: () => void } | { label: string; href: string };
  // Shows what the text sums up.
  details?: { label: string; run: () => void };
}

const LIFETIME_MS = 6000;
const MOST = 4;

class Toasts {
  items = $state.raw<Toast[]>([]);
  private next = 1;

  // Gives what `dismiss` takes.
  show(toast: Omit<Toast, 'id'>): number {
    const id = this.next++;
    this.items = [...this.items, { id, ...toast }].slice(-MOST);
    // A failure, or a way back, stays longer: it has to be read, or reached with the keyboard.
    const lifetime = toast.lifetime ?? (toast.kind === 'failure' || toast.action || toast.details ? LIFETIME_MS * 2 : LIFETIME_MS);
    setTimeout(() => this.dismiss(id), lifetime);
    return id;
  }
  done(text: string, action?: Toast['action']): void {
    this.show({ kind: 'done', text, action });
  }
  failure(text: string): void {
    this.show({ kind: 'failure', text });
  }
  dismiss(id: number): void {
    this.items = this.items.filter((toast) => toast.id !== id);
  }
}
export const toasts = new Toasts();
