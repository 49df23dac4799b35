// The output of an execution, from its beginning on and as it grows.
import { send } from '../api/client';
import type { Piece } from '../model/logBuffer';

interface Chunk {
  attempt: number;
  stream: 'stdout' | 'stderr' | 'mark';
  time: string;
  text: string;
}
export interface LogHandlers {
  piece: (piece: Piece) => void;
  // The execution has ended and everything is there.
  end: () => void;
  // What follows is another attempt's, or the same from its beginning.
  reset: () => void;
  lost: (lost: boolean) => void;
  // How many bytes there are by now.
  size: (bytes: number) => void;
}

const RETRY_MS = 1000;

// The current attempt, live.
export function followLog(execution: number, handlers: LogHandlers): () => void {
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let attempt = 0;
  let ended = false;

  const receive = (event: Event) => {
    const chunk = JSON.parse((event as MessageEvent<string>).data) as Chunk;
    if (attempt !== 0 && chunk.attempt !== attempt) handlers.reset();
    attempt = chunk.attempt;
    // An event's id is the offset behind it.
    handlers.size(Number((event as MessageEvent<string>).lastEventId) || 0);
    // A mark of the runner ("so much was left out here") stands where it came, as a line of the errors.
    handlers.piece({ stream: chunk.stream === 'stdout' ? 'stdout' : 'stderr', at: Date.parse(chunk.time), text: chunk.text });
  };
  const connect = () => {
    source = new EventSource(`/executions/${execution}/log/stream`);
    source.onopen = () => handlers.lost(false);
    source.addEventListener('chunk', receive);
    source.addEventListener('end', () => {
      ended = true;
      source?.close();
      handlers.end();
    });
    source.onerror = () => {
      if (ended) return;
      handlers.lost(true);
      // The browser resumes by itself unless it was refused; then all is read anew.
      if (source?.readyState !== EventSource.CLOSED) return;
      timer = setTimeout(() => {
        attempt = 0;
        handlers.reset();
        connect();
      }, RETRY_MS);
    };
  };
  connect();
  return () => {
    ended = true;
    clearTimeout(timer);
    source?.close();
  };
}

// An earlier attempt, as text: its times and streams are not told apart any more.
export function readLog(execution: number, attempt: number, handlers: LogHandlers): () => void {
  const abort = new AbortController();
  void (async () => {
    try {
      const response = await send('GET', `/executions/${execution}/log`, { query: { attempt }, headers: { accept: 'text/plain' }, signal: abort.signal });
      const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        handlers.piece({ stream: 'stdout', at: 0, text: part.value });
      }
      handlers.end();
    } catch (error) {
      if ((error as Error).name !== 'AbortError') handlers.lost(true);
    }
  })();
  return () => abort.abort();
}
