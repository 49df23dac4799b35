// What time it is by the server's clock, as the `Date` of its answers tells it. The reader's own may be minutes off, and
// what is late or stuck is so by the server's.
const DATE_RESOLUTION_MS = 1000;
// By how much the answers leave it in doubt.
export const CLOCK_DOUBT_MS = 2000;

export class ServerClock {
  private offset = 0;

  // An answer of `date` that was asked for at `sent` and came at `received`, both by the reader's clock. It allows a
  // range of offsets: the one that is known is moved into it, no further, so that answers of a clock that agrees move
  // nothing, and each further answer makes it more exact.
  learn(date: string | null, sent: number, received: number): void {
    const at = Date.parse(date ?? '');
    if (Number.isNaN(at) || received < sent) return;
    this.offset = Math.min(Math.max(this.offset, at - received), at + DATE_RESOLUTION_MS - sent);
  }

  // Milliseconds since the epoch.
  now(): number {
    return Date.now() + this.offset;
  }
}

const clock = new ServerClock();
export const learnServerTime = (date: string | null, sent: number, received: number) => clock.learn(date, sent, received);
export const serverTime = () => clock.now();
