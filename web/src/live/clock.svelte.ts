import { serverTime } from '../api/serverTime';

// The present by the server's clock, for countdowns: one timer for the whole page, and nothing to do for it while nobody looks.
const INTERVAL_MS = 1000;

let ticks = $state(0);
let timer: ReturnType<typeof setInterval> | undefined;

// Milliseconds since the epoch; what reads it in markup is refreshed every second. A table reads it hundreds of times,
// so a reader costs no more than a read: no subscription of its own.
export function now(): number {
  timer ??= setInterval(() => {
    if (!document.hidden) ticks += 1;
  }, INTERVAL_MS);
  void ticks;
  return serverTime();
}
