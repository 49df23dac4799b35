// The output of an execution, from its beginning on and as it grows.
import type { Piece, StreamName } from '../model/logBuffer';

interface Message {
  stream?: string;
  at?: string;
  offset?: number;
  text?: string;
  bytes?: string;
}
export interface LogHandlers {
  piece: (piece: Piece) => void;
  // The execution has ended and everything is there.
  end: () => void;
  // The server starts anew (another attempt, or a resumption that it cannot make).
  reset: () => void;
  lost: (lost: boolean) => void;
}

const RETRY_MS = 1000;

export function followLog(execution: number, attempt: number | null, handlers: LogHandlers): () => void {
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let ended = false;

  const receive = (event: MessageEvent<string>) => {
    const message = JSON.parse(event.data) as Message;
    const stream: StreamName = message.stream === 'stderr' ? 'stderr' : 'stdout';
    handlers.piece({ stream, at: message.at ? Date.parse(message.at) : 0, text: message.text ?? message.bytes ?? '' });
  };
  const connect = (again: boolean) => {
    if (again) handlers.reset();
    source = new EventSource(`/executions/${execution}/log/stream${attempt ? `?attempt=${attempt}` : ''}`);
    source.onopen = () => handlers.lost(false);
    source.addEventListener('output', receive as (event: Event) => void);
    source.onmessage = receive;
    const finish = () => {
      ended = true;
      source?.close();
      handlers.end();
    };
    source.addEventListener('end', finish);
    source.addEventListener('done', finish);
    source.onerror = () => {
      if (ended) return;
      handlers.lost(true);
      if (source?.readyState === EventSource.CLOSED) timer = setTimeout(() => connect(true), RETRY_MS);
    };
  };
  connect(false);
  return () => {
    ended = true;
    clearTimeout(timer);
    source?.close();
  };
}
