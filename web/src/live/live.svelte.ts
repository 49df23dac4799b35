// The server's events, as they happen while the tab is seen. The browser resumes a broken stream by itself
// (Last-Event-ID); where it gives up, we try again, ever more slowly. After a gap that could not be resumed, pages are
// told to look anew.
import { whileSeen } from './whileSeen';

export interface LiveEvent {
  type: string;
  kind?: string;
  task_id?: number;
  execution_id?: number;
  status?: string;
}
export type LiveState = 'off' | 'connecting' | 'live' | 'lost';

const KINDS = ['task', 'execution', 'message', 'resync'];
const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 15000;

class Live {
  state = $state<LiveState>('off');
  private source: EventSource | null = null;
  private listeners = new Set<(event: LiveEvent) => void>();
  private delay = FIRST_DELAY_MS;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private end: (() => void) | null = null;

  start(): void {
    this.end ??= whileSeen(
      () => this.connect(),
      () => this.disconnect(),
    );
  }

  stop(): void {
    this.end?.();
    this.end = null;
  }

  // Calls `listener` for each event until the returned function is called. {type: "resync"} means that events
  // may have been lost.
  listen(listener: (event: LiveEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private connect(): void {
    this.timer = undefined;
    if (this.state !== 'lost') this.state = 'connecting';
    const source = new EventSource('/events');
    this.source = source;
    source.onopen = () => {
      this.state = 'live';
      this.delay = FIRST_DELAY_MS;
      // Also at the first time: what happened between a page's first look and now was told to nobody.
      this.tell({ type: 'resync' });
    };
    source.onerror = () => {
      this.state = 'lost';
      if (source.readyState !== EventSource.CLOSED) return;
      source.close();
      this.source = null;
      this.timer = setTimeout(() => this.connect(), this.delay);
      this.delay = Math.min(this.delay * 2, LONGEST_DELAY_MS);
    };
    for (const kind of KINDS) {
      source.addEventListener(kind, (event) => this.receive(kind, (event as MessageEvent<string>).data));
    }
  }

  private disconnect(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.source?.close();
    this.source = null;
    this.state = 'off';
  }

  private receive(kind: string, data: string): void {
    try {
      this.tell({ type: kind, ...(JSON.parse(data) as object) });
    } catch {
      this.tell({ type: 'resync' });
    }
  }

  private tell(event: LiveEvent): void {
    for (const listener of this.listeners) listener(event);
  }
}

export const live = new Live();
