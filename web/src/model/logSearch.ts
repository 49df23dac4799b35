// Looks for words through a log in short slices, so that a hundred megabytes block nobody, and goes on by itself
// as the log grows.
import { MOST_MATCHES, type LogBuffer, type Match } from './logBuffer';

const SLICE_MS = 8;
const LINES_AT_ONCE = 2000;

export class LogSearch {
  found: Match[] = [];
  private words = '';
  private next = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private buffer: LogBuffer;
  private onfound: () => void;

  constructor(buffer: LogBuffer, onfound: () => void) {
    this.buffer = buffer;
    this.onfound = onfound;
  }

  // Other words, another log, or more of it: begins anew only where it has to.
  look(words: string, buffer: LogBuffer): void {
    if (words !== this.words || buffer !== this.buffer) {
      this.words = words;
      this.buffer = buffer;
      this.next = 0;
      this.found = [];
      this.onfound();
    }
    if (this.timer === undefined && words) this.timer = setTimeout(() => this.slice());
  }
  // The first match at or below that line; once all was looked through, the first of all where there is none below.
  // Null: not known yet, or no match.
  firstFrom(line: number): number | null {
    let low = 0;
    let high = this.found.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.found[middle]!.line < line) low = middle + 1;
      else high = middle;
    }
    if (low < this.found.length) return low;
    return this.done && this.found.length ? 0 : null;
  }
  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }
  get done(): boolean {
    return this.next >= this.buffer.count || this.found.length >= MOST_MATCHES;
  }

  private slice(): void {
    this.timer = undefined;
    const changed = this.buffer.takeChanged();
    if (changed < this.next) {
      while (this.found.length && this.found.at(-1)!.line >= changed) this.found.pop();
      this.next = changed;
    }
    const end = performance.now() + SLICE_MS;
    while (!this.done && performance.now() < end) {
      const until = Math.min(this.buffer.count, this.next + LINES_AT_ONCE);
      this.buffer.findIn(this.words, this.next, until, this.found);
      this.next = until;
    }
    this.onfound();
    if (!this.done) this.timer = setTimeout(() => this.slice());
  }
}
