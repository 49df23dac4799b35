// How high the lines of an output are, in rows: exactly where they are held, else as high as such lines usually are.
import { CHUNK_LINES, type Line, type LogLines } from './logLines';

const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/g;
// One line of megabytes does not make all the others long.
const LONGEST_ESTIMATE = 50;

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

export class LogLayout {
  private lines: LogLines;
  // Columns where long lines wrap; 0: they do not.
  private width = 0;
  // What stands behind a line that is cut.
  private restColumns: number;
  private usual = 1;
  // Of chunks that were measured; what is not there is as high as usual.
  private measured: (number | undefined)[] = [];
  // Rows above each chunk, as far as they are still right.
  private tops: number[] = [0];

  constructor(lines: LogLines, restColumns = 0) {
    this.lines = lines;
    this.restColumns = restColumns;
  }

  // Whether that changed anything.
  wrapAt(columns: number): boolean {
    if (columns === this.width) return false;
    this.width = columns;
    this.reset();
    return true;
  }
  // The lines are others by now.
  reset(): void {
    this.measured = [];
    this.tops = [0];
    const { total, bytes, dropped } = this.lines;
    const letters = total ? (bytes - dropped) / total - 1 : 0;
    this.usual = this.width ? Math.min(LONGEST_ESTIMATE, Math.max(1, letters / this.width + (letters > this.width ? 0.5 : 0))) : 1;
    this.measure(this.lines.heldChunks);
  }
  // Lines of these chunks have come.
  measure(chunks: number[]): void {
    if (this.width === 0) return;
    for (const chunk of chunks) {
      this.measured[chunk] = this.rowsWithin(chunk, CHUNK_LINES);
      this.tops.length = Math.min(this.tops.length, chunk + 1);
    }
  }

  get rows(): number {
    return this.top(this.lines.total);
  }
  // Rows above that line.
  top(line: number): number {
    if (this.width === 0) return Math.min(line, this.lines.total);
    const at = Math.min(line, this.lines.total);
    const chunk = Math.floor(at / CHUNK_LINES);
    return this.topOfChunk(chunk) + (at % CHUNK_LINES ? this.partOf(chunk, at % CHUNK_LINES) : 0);
  }
  // The line that stands at that row.
  lineAt(row: number): number {
    const last = Math.max(0, this.lines.total - 1);
    if (this.width === 0) return Math.min(last, Math.max(0, Math.floor(row)));
    let low = 0;
    let high = this.lines.total;
    while (low + 1 < high) {
      const middle = (low + high) >> 1;
      if (this.top(middle) <= row) low = middle;
      else high = middle;
    }
    return Math.min(last, low);
  }

  private topOfChunk(chunk: number): number {
    while (this.tops.length <= chunk) {
      const before = this.tops.length - 1;
      this.tops.push(this.tops[before]! + (this.measured[before] ?? CHUNK_LINES * this.usual));
    }
    return this.tops[chunk]!;
  }
  // Of a measured chunk whose lines are no longer held, each is as high as the others.
  private partOf(chunk: number, lines: number): number {
    const whole = this.measured[chunk];
    if (whole === undefined) return lines * this.usual;
    if (this.lines.holds(chunk)) return this.rowsWithin(chunk, lines);
    return (whole * lines) / CHUNK_LINES;
  }
  private rowsWithin(chunk: number, count: number): number {
    let rows = 0;
    for (let line = chunk * CHUNK_LINES; line < chunk * CHUNK_LINES + count; line += 1) {
      const held = this.lines.get(line);
      rows += held ? this.rowsOf(held) : this.usual;
    }
    return rows;
  }
  private rowsOf({ text, rest }: Line): number {
    // No letter is wider than two columns but the tab.
    if (text.length * 2 <= this.width && !text.includes('\t') && rest === null) return 1;
    return Math.max(1, Math.ceil((columnsOf(text) + (rest === null ? 0 : this.restColumns)) / this.width));
  }
}
