// The output of an execution, from its beginning on and as it grows while the tab is seen.
import { urlOf } from '../api/client';
import type { Piece } from '../model/logBuffer';
import { whileSeen } from './whileSeen';

interface Chunk {
  attempt: number;
  // How many bytes there are up to its end.
  end: number;
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
  // The last event that came; what follows it is asked for.
  let last: string | null = null;
  let ended = false;

  const receive = (event: Event) => {
    const chunk = JSON.parse((event as MessageEvent<string>).data) as Chunk;
    if (attempt !== 0 && chunk.attempt !== attempt) handlers.reset();
    attempt = chunk.attempt;
    last = (event as MessageEvent<string>).lastEventId;
    handlers.size(chunk.end);
    handlers.piece({ stream: chunk.stream, at: Date.parse(chunk.time), text: chunk.text });
  };
  const connect = () => {
    source = new EventSource(urlOf(`/executions/${execution}/log/stream`, { attempt: wanted, last_event_id: last }));
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
        last = null;
        handlers.reset();
        connect();
      }, RETRY_MS);
    };
  };
  const disconnect = () => {
    clearTimeout(timer);
    source?.close();
  };
  const stop = whileSeen(() => !ended && connect(), disconnect);
  return () => {
    ended = true;
    stop();
  };
}
