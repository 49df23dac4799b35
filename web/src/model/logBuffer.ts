// The lines of an output as it arrives in pieces, with the stream and the time of each. Lines are kept in
// parallel arrays, and their heights as sums, so that a hundred megabytes can be scrolled and searched.
import { ansiSpans, isPlain, withoutAnsi, type Style } from './ansi';

// A mark is the runner's own word: so much was left out here.
export type StreamName = 'stdout' | 'stderr' | 'mark';
export interface Piece {
  stream: StreamName;
  at: number;
  text: string;
}
export interface Match {
  line: number;
  from: number;
  to: number;
}

const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/g;
export const MOST_MATCHES = 100_000;

function columnsOf(text: string): number {
  let columns = text.length;
  // Most output is ASCII; only the rest is counted by its width.
  if (/[^\u0000-\u007e]/.test(text)) columns += (text.match(WIDE) ?? []).length;
  if (text.includes('\t')) {
    columns = 0;
    for (const letter of text) columns += letter === '\t' ? 8 - (columns % 8) : letter.search(WIDE) === 0 ? 2 : 1;
  }
  return columns;
}

export class LogBuffer {
  private texts: string[] = [];
  private times: number[] = [];
  private streams: StreamName[] = [];
  private characters = 0;
  private styles = new Map<number, Style>();
  private tops: number[] = [0];
  private width = 0;
  // The first line that has changed since somebody asked.
  private changed = Infinity;
  // The line of each stream that has not ended yet; what follows belongs to it.
  private open: Record<StreamName, number | null> = { stdout: null, stderr: null, mark: null };
  private carry: Record<StreamName, Style | undefined> = { stdout: undefined, stderr: undefined, mark: undefined };

  get count(): number {
    return this.texts.length;
  }
  // In rows of one line's height.
  get rows(): number {
    return this.tops[this.count] ?? 0;
  }
  text(line: number): string {
    return withoutAnsi(this.texts[line] ?? '');
  }
  time(line: number): number {
    return this.times[line] ?? 0;
  }
  stream(line: number): StreamName {
    return this.streams[line] ?? 'stdout';
  }
  // Characters that were taken in.
  get size(): number {
    return this.characters;
  }
  spans(line: number) {
    return ansiSpans(this.texts[line] ?? '', this.styles.get(line)).spans;
  }

  append({ stream, at, text }: Piece): void {
    this.characters += text.length;
    const parts = text.split('\n');
    parts.forEach((part, index) => {
      const last = index === parts.length - 1;
      const openLine = this.open[stream];
      if (openLine !== null) {
        this.texts[openLine] += part;
        if (part !== '') this.changed = Math.min(this.changed, openLine);
        this.remeasure(openLine);
        if (!last) this.close(stream, openLine);
      } else if (!last || part !== '') {
        const line = this.count;
        this.texts.push(part);
        this.times.push(at);
        this.streams.push(stream);
        const carried = this.carry[stream];
        if (!isPlain(carried)) this.styles.set(line, carried!);
        this.tops.push((this.tops[line] ?? 0) + this.rowsOf(line));
        this.open[stream] = line;
        if (!last) this.close(stream, line);
      }
    });
  }

  private close(stream: StreamName, line: number): void {
    // A progress bar returns to the line's start: what stands there last is what one would have seen.
    const text = this.texts[line]!.replace(/\r$/, '');
    if (text !== this.texts[line] || text.includes('\r')) {
      this.texts[line] = text.slice(text.lastIndexOf('\r') + 1);
      this.changed = Math.min(this.changed, line);
      this.remeasure(line);
    }
    if (this.texts[line]!.includes('\u001b') || this.styles.has(line)) {
      this.carry[stream] = ansiSpans(this.texts[line]!, this.styles.get(line)).end;
    }
    this.open[stream] = null;
  }

  private rowsOf(line: number): number {
    if (this.width === 0) return 1;
    const text = this.texts[line]!;
    // No letter is wider than two columns but the tab; escapes only make it shorter.
    if (text.length * 2 <= this.width && !text.includes('\t')) return 1;
    return Math.max(1, Math.ceil(columnsOf(withoutAnsi(text)) / this.width));
  }
  // Lines below move only where this one's height has changed.
  private remeasure(line: number): void {
    if (this.tops[line + 1]! - this.tops[line]! !== this.rowsOf(line)) this.measureFrom(line);
  }
  private measureFrom(line: number): void {
    for (let at = line; at < this.count; at += 1) this.tops[at + 1] = this.tops[at]! + this.rowsOf(at);
  }

  // Columns of the view where long lines wrap; 0: they do not. Whether that changed anything.
  wrapAt(columns: number): boolean {
    if (columns === this.width) return false;
    this.width = columns;
    this.measureFrom(0);
    return true;
  }
  top(line: number): number {
    return this.tops[line] ?? this.rows;
  }
  // The line that stands at that row.
  lineAt(row: number): number {
    let low = 0;
    let high = this.count;
    while (low + 1 < high) {
      const middle = (low + high) >> 1;
      if (this.tops[middle]! <= row) low = middle;
      else high = middle;
    }
    return low;
  }

  // The first line that is no longer what it was when this was asked last.
  takeChanged(): number {
    const line = this.changed;
    this.changed = Infinity;
    return line;
  }

  // Adds every place where the words stand, in lines from `from` to before `until`; letters' case is ignored.
  findIn(words: string, from: number, until: number, found: Match[]): void {
    const wanted = words.toLowerCase();
    if (!wanted) return;
    for (let line = from; line < until && found.length < MOST_MATCHES; line += 1) {
      const text = this.text(line).toLowerCase();
      for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length)) {
        found.push({ line, from: at, to: at + wanted.length });
      }
    }
  }
  find(words: string): Match[] {
    const found: Match[] = [];
    this.findIn(words, 0, this.count, found);
    return found;
  }
}
