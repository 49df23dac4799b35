// The output of an execution, from its beginning on and as it grows.
import { urlOf } from '../api/client';
import type { Piece } from '../model/logBuffer';

interface Chunk {
  attempt: number;
  stream: Piece['stream'];
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

// `wanted`: an attempt; null: the current one, and the next one after a retry.
export function followLog(execution: number, wanted: number | null, handlers: LogHandlers): () => void {
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
    handlers.piece({ stream: chunk.stream, at: Date.parse(chunk.time), text: chunk.text });
  };
  const connect = () => {
    source = new EventSource(urlOf(`/executions/${execution}/log/stream`, { attempt: wanted }));
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
