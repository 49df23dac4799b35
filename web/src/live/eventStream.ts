// A stream of the server's events that is kept open. A connection that dies without a word (a laptop that slept, a
// network that is gone, a server that stands still) shows itself only by silence: the server says something every 15 s
// at least, so after two of those that did not come the stream counts as lost, and is opened anew.
import { get } from '../api/client';

export interface StreamHandlers {
  // What comes of each kind that is listened for.
  events: Record<string, (event: MessageEvent<string>) => void>;
  open?: () => void;
  // Something came, if only a heartbeat.
  heard?: () => void;
  // Told once until it is open again.
  lost: () => void;
  // The server answered with something other than a stream.
  refused?: () => void;
}

const HEARTBEAT_MS = 15_000;
export const SILENCE_MS = 2 * HEARTBEAT_MS + 5000;
const OPENING_MS = 10_000;
const LOOK_MS = 2500;
const PROBE_MS = 5000;
const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 5000;

// `url` is asked for at each opening. The returned function ends it.
export function keepStream(url: () => string, handlers: StreamHandlers): () => void {
  let source: EventSource | null = null;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let delay = FIRST_DELAY_MS;
  let isOpen = false;
  let isLost = false;
  // By the wall clock, which goes on while a machine sleeps.
  let heardAt = 0;

  const heard = () => {
    heardAt = Date.now();
    handlers.heard?.();
  };
  const drop = () => {
    clearTimeout(retry);
    source?.close();
    source = null;
    isOpen = false;
  };
  const lose = (wait: number) => {
    drop();
    retry = setTimeout(connect, wait);
    if (isLost) return;
    isLost = true;
    handlers.lost();
  };
  const connect = () => {
    drop();
    heardAt = Date.now();
    const mine = (source = new EventSource(url()));
    mine.onopen = () => {
      heardAt = Date.now();
      isOpen = true;
      isLost = false;
      delay = FIRST_DELAY_MS;
      handlers.open?.();
    };
    mine.onerror = () => {
      if (mine.readyState === EventSource.CLOSED) {
        handlers.refused?.();
        // It does not say why. Where the session has ended, this answer leads to the log-in.
        void get('/auth/me').catch(() => {});
      }
      lose(delay);
      delay = Math.min(delay * 2, LONGEST_DELAY_MS);
    };
    mine.addEventListener('heartbeat', heard);
    for (const [kind, handle] of Object.entries(handlers.events)) {
      mine.addEventListener(kind, (event) => {
        heard();
        handle(event as MessageEvent<string>);
      });
    }
  };
  const look = () => {
    if (source && Math.abs(Date.now() - heardAt) > (isOpen ? SILENCE_MS : OPENING_MS)) lose(0);
  };
  // Without a network a server on this machine is still there: it is asked.
  const probe = () => {
    const asked = source;
    void fetch('/healthz', { cache: 'no-store', signal: AbortSignal.timeout(PROBE_MS) }).catch(() => asked && asked === source && lose(delay));
  };
  const again = () => isLost && connect();

  const timer = setInterval(look, LOOK_MS);
  addEventListener('offline', probe);
  addEventListener('online', again);
  connect();
  return () => {
    clearInterval(timer);
    removeEventListener('offline', probe);
    removeEventListener('online', again);
    drop();
  };
}
