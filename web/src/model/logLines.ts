// The lines of an output that are held of all that there are: those near to where one looks. Lines are counted from 0
// here; the server and the address count from 1.
import type { LinesAnswer } from '../api/types';
import { ansiSpans, type Span } from './ansi';

// A mark is the scheduler's own word: so much was left out here.
export type StreamName = LinesAnswer['lines'][number]['stream'];

export interface Line {
  stream: StreamName;
  at: number;
  // As it is shown, and in its colours.
  text: string;
  spans: Span[];
  // Where it goes on in its stream's output, where it is cut.
  rest: number | null;
  // It had not ended when so much was written: there may be more of it by now.
  openAt: number | null;
}

export const CHUNK_LINES = 256;
const MOST_CHARACTERS = 8_000_000;
const MOST_CHUNKS = 64;

interface Chunk {
  lines: (Line | undefined)[];
  characters: number;
}

export class LogLines {
  attempt = 0;
  // As far as they are counted.
  total = 0;
  complete = false;
  bytes = 0;
  dropped = 0;
  // The one that was used last comes last.
  private chunks = new Map<number, Chunk>();
  private characters = 0;

  get(line: number): Line | undefined {
    return this.chunks.get(Math.floor(line / CHUNK_LINES))?.lines[line % CHUNK_LINES];
  }
  get heldChunks(): number[] {
    return [...this.chunks.keys()];
  }
  holds(chunk: number): boolean {
    return this.chunks.has(chunk);
  }

  // Whether those that were held are others by now: of another attempt, or more was dropped before them.
  isOther(answer: LinesAnswer): boolean {
    return this.attempt !== 0 && (answer.attempt !== this.attempt || answer.dropped_bytes !== this.dropped);
  }
  // Tells which chunks have changed. What is older than what is known is left aside.
  take(answer: LinesAnswer): number[] {
    if (answer.attempt < this.attempt || (answer.attempt === this.attempt && answer.dropped_bytes < this.dropped)) return [];
    if (this.isOther(answer)) {
      this.chunks.clear();
      this.characters = this.total = this.bytes = 0;
    }
    const isNewer = answer.bytes >= this.bytes;
    this.attempt = answer.attempt;
    this.dropped = answer.dropped_bytes;
    if (isNewer) {
      this.total = answer.total_lines;
      this.bytes = answer.bytes;
      this.complete = answer.complete;
    }
    const changed = new Set<number>();
    for (const line of answer.lines) changed.add(this.put(line, answer.bytes));
    this.forgetSome();
    return [...changed];
  }

  // From the first to behind the last of those lines that are not held, or of which there is more by now.
  missing(from: number, until: number): [number, number] | null {
    let first = -1;
    let last = -1;
    for (let line = Math.max(0, from); line < Math.min(until, this.total); line += 1) {
      const held = this.get(line);
      if (held && (held.openAt === null || held.openAt === this.bytes)) continue;
      if (first < 0) first = line;
      last = line;
    }
    return first < 0 ? null : [first, last + 1];
  }
  // Somebody looks at these: others are forgotten before them.
  use(from: number, until: number): void {
    for (let number = Math.floor(from / CHUNK_LINES); number * CHUNK_LINES < until; number += 1) {
      const chunk = this.chunks.get(number);
      if (!chunk) continue;
      this.chunks.delete(number);
      this.chunks.set(number, chunk);
    }
  }

  private put({ n, stream, time, text, style, open, rest_offset }: LinesAnswer['lines'][number], bytes: number): number {
    const number = Math.floor((n - 1) / CHUNK_LINES);
    const chunk = this.chunks.get(number) ?? { lines: [], characters: 0 };
    this.chunks.delete(number);
    this.chunks.set(number, chunk);
    const at = (n - 1) % CHUNK_LINES;
    const before = chunk.lines[at];
    // What is known is newer.
    if (before && (before.openAt === null ? open : before.openAt > bytes)) return number;
    const { spans } = ansiSpans(text, style ? ansiSpans(`\u001b[${style}m`).end : undefined);
    const shown = spans.map((span) => span.text).join('');
    chunk.lines[at] = { stream, at: Date.parse(time), text: shown, spans, rest: rest_offset ?? null, openAt: open ? bytes : null };
    const more = shown.length - (before?.text.length ?? 0);
    chunk.characters += more;
    this.characters += more;
    return number;
  }
  private forgetSome(): void {
    for (const [number, chunk] of this.chunks) {
      if (this.chunks.size <= 2 || (this.chunks.size <= MOST_CHUNKS && this.characters <= MOST_CHARACTERS)) return;
      this.chunks.delete(number);
      this.characters -= chunk.characters;
    }
  }
}
