// The server's events, as they happen while the tab is seen. After a gap pages are told to look anew.
import { keepStream } from './eventStream';
import { whileSeen } from './whileSeen';

export interface LiveEvent {
  type: string;
  kind?: string;
  task_id?: number;
  execution_id?: number;
  status?: string;
}
export type LiveState = 'off' | 'connecting' | 'live' | 'lost';

// What happened shortly before something came may have been on its way yet.
const ON_ITS_WAY_MS = 2000;
const KINDS = ['task', 'execution', 'message', 'resync', 'account'];

class Live {
  state = $state<LiveState>('off');
  private listeners = new Set<(event: LiveEvent) => void>();
  private whenOpen = new Set<() => void>();
  private close: (() => void) | null = null;
  private end: (() => void) | null = null;
  // Up to then, by the reader's clock, nothing was missed.
  private knownAt = 0;

  // `since`: when the first of what is on display was asked for.
  start(since: number): void {
    if (this.end) return;
    this.knownAt = since;
    this.end = whileSeen(
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

  // Calls it at each beginning of the stream, also where nothing was missed: for what the server tells no events of.
  onOpen(listener: () => void): () => void {
    this.whenOpen.add(listener);
    return () => this.whenOpen.delete(listener);
  }

  private connect(): void {
    this.state = 'connecting';
    this.close = keepStream(() => '/events', {
      events: {
        connected: (event) => this.arrive(event.data),
        ...Object.fromEntries(KINDS.map((kind) => [kind, (event: MessageEvent<string>) => this.receive(kind, event.data)])),
      },
      heard: () => {
        if (this.state === 'live') this.knownAt = Date.now() - ON_ITS_WAY_MS;
      },
      lost: () => (this.state = 'lost'),
    });
  }

  private disconnect(): void {
    this.close?.();
    this.close = null;
    this.state = 'off';
  }

  // The stream has begun. Requests may have failed while it was lost; else it matters only whether anything happened
  // since the page last knew.
  private arrive(data: string): void {
    const { quiet_ms } = JSON.parse(data) as { quiet_ms: number };
    const unknown_ms = Date.now() - this.knownAt;
    const missed = this.state === 'lost' || unknown_ms < 0 || quiet_ms <= unknown_ms;
    this.state = 'live';
    for (const listener of this.whenOpen) listener();
    if (missed) this.tell({ type: 'resync' });
  }

  private receive(kind: string, data: string): void {
    try {
      this.tell({ type: kind, ...(JSON.parse(data) as object) });
      // Another role is shown other things.
      if (kind === 'account') this.tell({ type: 'resync' });
    } catch {
      this.tell({ type: 'resync' });
    }
  }

  private tell(event: LiveEvent): void {
    for (const listener of this.listeners) listener(event);
  }
}

export const live = new Live();
