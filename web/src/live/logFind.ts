// Where words stand in an output: the server looks, and goes on as the output grows.
import { ApiError, get } from '../api/client';
import type { LogMatches } from '../api/types';

export const MOST_MATCHES = 100_000;
const LINES_AT_ONCE = 10_000;
// A word is typed letter by letter.
const TYPING_MS = 60;
const GROWN_MS = 700;
const RETRY_MS = 1000;

export interface Match {
  line: number;
  // Which of those in its line.
  nth: number;
}

export class LogFind {
  // Lines with a match, from 0, and how many matches are before each.
  private lines: number[] = [];
  private before: number[] = [];
  private words = '';
  private attempt = 0;
  private next: number | null = 1;
  private seen = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private abort: AbortController | null = null;
  private path: string;
  private onfound: () => void;
  count = 0;

  constructor(path: string, onfound: () => void) {
    this.path = path;
    this.onfound = onfound;
  }

  // Other words, or (more of) another output: `attempt` and how many lines it has.
  look(words: string, attempt: number, total: number): void {
    const isNew = words !== this.words || attempt !== this.attempt || total < this.seen;
    if (isNew) {
      this.stop();
      this.words = words;
      this.attempt = attempt;
      this.lines = [];
      this.before = [];
      this.count = 0;
      this.next = words ? 1 : null;
      this.seen = total;
      this.onfound();
      if (words) this.later(TYPING_MS);
    } else if (words && total > this.seen && this.next === null && this.count < MOST_MATCHES) {
      // The last line that was seen may have gone on.
      this.next = Math.max(1, this.seen);
      this.seen = total;
      this.later(GROWN_MS);
    }
  }

  get done(): boolean {
    return this.next === null;
  }
  at(index: number): Match | null {
    if (index < 0 || index >= this.count) return null;
    const place = after(this.before, index) - 1;
    return { line: this.lines[place]!, nth: index - this.before[place]! };
  }
  // The first match at or below that line; once all was looked through, the first of all where there is none below.
  // Null: not known yet, or no match.
  firstFrom(line: number): number | null {
    const place = after(this.lines, line - 1);
    if (place < this.lines.length) return this.before[place]!;
    return this.done && this.count ? 0 : null;
  }
  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.abort?.abort();
    this.abort = null;
  }

  private later(wait: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.ask(), wait);
  }
  private async ask(): Promise<void> {
    this.timer = undefined;
    const abort = (this.abort = new AbortController());
    const from = this.next!;
    try {
      const query = { q: this.words, from, limit: LINES_AT_ONCE, attempt: this.attempt || null };
      const found = await get<LogMatches>(`${this.path}/find`, { query, signal: abort.signal });
      if (abort.signal.aborted) return;
      this.add(from, found);
      this.onfound();
      if (this.next !== null) this.later(this.next === from ? RETRY_MS : 0);
    } catch (error) {
      if (abort.signal.aborted) return;
      // Words that the server does not look for are nowhere.
      if (error instanceof ApiError && error.status === 422) {
        this.next = null;
        this.onfound();
      } else {
        this.later(RETRY_MS);
      }
    }
  }
  private add(from: number, found: LogMatches): void {
    while (this.lines.length && this.lines.at(-1)! >= from - 1) {
      this.lines.pop();
      this.count = this.before.pop()!;
    }
    for (const { line, count } of found.lines) {
      if (this.count >= MOST_MATCHES) break;
      this.lines.push(line - 1);
      this.before.push(this.count);
      this.count += count;
    }
    this.next = this.count >= MOST_MATCHES ? null : found.next;
  }
}

// How many of these rising numbers are not above that one.
function after(numbers: number[], most: number): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numbers[middle]! <= most) low = middle + 1;
    else high = middle;
  }
  return low;
}
