import { describe, expect, it } from 'vitest';
import type { LinesAnswer } from '../api/types';
import { CHUNK_LINES, LogLines } from './logLines';

type Told = LinesAnswer['lines'][number];
const line = (n: number, part: Partial<Told> = {}): Told => ({ n, stream: 'stdout', time: '2026-01-01T00:00:00.005Z', text: `line ${n}`, ...part });
const answer = (part: Partial<LinesAnswer> = {}): LinesAnswer => ({ attempt: 1, total_lines: 1000, complete: true, bytes: 9000, dropped_bytes: 0, lines: [], ...part });
function range(from: number, until: number): Told[] {
  return Array.from({ length: until - from }, (_, at) => line(from + at + 1));
}

describe('the lines that are held', () => {
  it('are shown in the colours that hold at their beginning, without escapes', () => {
    const lines = new LogLines();
    lines.take(answer({ lines: [line(3, { stream: 'stderr', style: '1;31', text: 'red\u001b[0m plain\u0001' })] }));
    expect(lines.get(2)).toEqual({
      stream: 'stderr',
      at: Date.parse('2026-01-01T00:00:00.005Z'),
      text: 'red plain',
      spans: [
        { text: 'red', className: 'fg-red bold' },
        { text: ' plain', className: '' },
      ],
      rest: null,
      openAt: null,
    });
    expect(lines.get(1)).toBeUndefined();
  });
  it('are missing where none came, and where more of them was written', () => {
    const lines = new LogLines();
    lines.take(answer({ lines: range(100, 200) }));
    expect(lines.missing(120, 180)).toBe(null);
    expect(lines.missing(90, 210)).toEqual([90, 210]);
    expect(lines.missing(190, 210)).toEqual([200, 210]);
    expect(lines.missing(-5, 2000)).toEqual([0, 1000]);
    lines.take(answer({ lines: [line(201, { open: true })] }));
    expect(lines.missing(150, 201)).toBe(null);
    lines.take(answer({ bytes: 9001 }));
    expect(lines.missing(150, 201)).toEqual([200, 201]);
  });
  it('are what is known last, whatever comes late', () => {
    const lines = new LogLines();
    lines.take(answer({ total_lines: 1001, bytes: 9010, lines: [line(1000, { text: 'whole' })] }));
    lines.take(answer({ lines: [line(1000, { text: 'who', open: true })] }));
    expect([lines.total, lines.get(999)!.text]).toEqual([1001, 'whole']);
  });
  it('are all others in another attempt, and once more is dropped', () => {
    const lines = new LogLines();
    lines.take(answer({ lines: range(0, 10) }));
    lines.take(answer({ total_lines: 990, dropped_bytes: 100, bytes: 9100 }));
    expect([lines.total, lines.get(0)]).toEqual([990, undefined]);
    lines.take(answer({ lines: range(0, 10) }));
    expect(lines.get(0)).toBeUndefined();
    lines.take(answer({ attempt: 2, total_lines: 1, bytes: 5, lines: range(0, 1) }));
    expect([lines.total, lines.bytes, lines.get(0)!.text]).toEqual([1, 5, 'line 1']);
  });
  it('are few of many, those that were looked at last', () => {
    const lines = new LogLines();
    for (let from = 0; from < 200_000; from += CHUNK_LINES) {
      lines.take(answer({ total_lines: 200_000, bytes: 9e6, lines: range(from, Math.min(200_000, from + CHUNK_LINES)) }));
      lines.use(0, 10);
    }
    expect(lines.heldChunks.length).toBeLessThanOrEqual(64);
    expect(lines.get(0)).toBeDefined();
    expect(lines.get(100_000)).toBeUndefined();
    expect(lines.get(199_999)).toBeDefined();
  });
  it('are fewer where they are long', () => {
    const lines = new LogLines();
    const text = 'x'.repeat(60_000);
    for (let n = 1; n < 10_000; n += 8) lines.take(answer({ total_lines: 10_000, bytes: 1e9, lines: [line(n, { text })] }));
    let letters = 0;
    for (let at = 0; at < 10_000; at += 1) letters += lines.get(at)?.text.length ?? 0;
    expect(letters).toBeLessThan(16_000_000);
  });
});
