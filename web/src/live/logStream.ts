// The output of an execution, from its beginning on and as it grows while the tab is seen.
import { urlOf } from '../api/client';
import type { Piece } from '../model/logBuffer';
import { keepStream } from './eventStream';
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

// `wanted`: an attempt; null: the current one, and the next one after a retry.
export function followLog(execution: number, wanted: number | null, handlers: LogHandlers): () => void {
  let close: (() => void) | null = null;
  let attempt = 0;
  // The last event that came; what follows it is asked for.
  let last: string | null = null;
  let ended = false;

  const receive = (event: MessageEvent<string>) => {
    const chunk = JSON.parse(event.data) as Chunk;
    if (attempt !== 0 && chunk.attempt !== attempt) handlers.reset();
    attempt = chunk.attempt;
    last = event.lastEventId;
    handlers.size(chunk.end);
    handlers.piece({ stream: chunk.stream, at: Date.parse(chunk.time), text: chunk.text });
  };
  const connect = () => {
    close = keepStream(() => urlOf(`/executions/${execution}/log/stream`, { attempt: wanted, last_event_id: last }), {
      events: {
        chunk: receive,
        end: () => {
          ended = true;
          close?.();
          handlers.end();
        },
      },
      open: () => handlers.lost(false),
      lost: () => handlers.lost(true),
      // Then all is read anew.
      refused: () => {
        attempt = 0;
        last = null;
        handlers.reset();
      },
    });
  };
  const stop = whileSeen(() => !ended && connect(), () => close?.());
  return () => {
    ended = true;
    stop();
  };
}
