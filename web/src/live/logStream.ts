// The output of an execution, from its beginning on and as it grows while the tab is seen.
import { urlOf } from '../api/client';
import type { Piece } from '../model/logBuffer';
import { keepStream } from './eventStream';
import { Slices } from './slices';
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
  // `more`: others are there already and follow at once.
  piece: (piece: Piece, more: boolean) => void;
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
  // It comes faster than a browser can read it and draw meanwhile.
  const slices = new Slices();

  const read = (data: string) => {
    const chunk = JSON.parse(data) as Chunk;
    if (attempt !== 0 && chunk.attempt !== attempt) handlers.reset();
    attempt = chunk.attempt;
    handlers.size(chunk.end);
    handlers.piece({ stream: chunk.stream, at: Date.parse(chunk.time), text: chunk.text }, slices.busy);
  };
  const receive = ({ data, lastEventId }: MessageEvent<string>) => {
    last = lastEventId;
    slices.add(() => read(data));
  };
  const connect = () => {
    close = keepStream(() => urlOf(`/executions/${execution}/log/stream`, { attempt: wanted, last_event_id: last }), {
      events: {
        chunk: receive,
        end: () => {
          ended = true;
          close?.();
          slices.add(() => handlers.end());
        },
      },
      open: () => handlers.lost(false),
      lost: () => handlers.lost(true),
      // Then all is read anew.
      refused: () => {
        last = null;
        slices.add(() => {
          attempt = 0;
          handlers.reset();
        });
      },
    });
  };
  const stop = whileSeen(() => !ended && connect(), () => close?.());
  return () => {
    ended = true;
    stop();
    slices.stop();
  };
}
