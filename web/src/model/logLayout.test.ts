import { describe, expect, it } from 'vitest';
import { LogLayout } from './logLayout';
import { CHUNK_LINES, LogLines } from './logLines';

function made(total: number, texts: Record<number, string>, bytes = total * 5) {
  const lines = new LogLines();
  const layout = new LogLayout(lines);
  const take = (more: Record<number, string>) =>
    lines.take({
      attempt: 1,
      total_lines: total,
      complete: true,
      bytes,
      dropped_bytes: 0,
      lines: Object.entries(more).map(([at, text]) => ({ n: Number(at) + 1, stream: 'stdout', time: '2026-01-01T00:00:00Z', text })),
    });
  take(texts);
  layout.reset();
  return { lines, layout, take };
}

describe('the heights of lines', () => {
  it('are of one row each where they are not wrapped', () => {
    const { layout } = made(10_000_000, {});
    expect([layout.rows, layout.top(5_000_000), layout.lineAt(5_000_000.5), layout.lineAt(2e7)]).toEqual([10_000_000, 5_000_000, 5_000_000, 9_999_999]);
  });
  it('find lines by rows and rows by lines, wrapped or not', () => {
    const { layout } = made(3, { 0: 'x'.repeat(25), 1: 'short', 2: '中文中文中文' });
    expect(layout.rows).toBe(3);
    layout.wrapAt(10);
    expect([0, 1, 2, 3].map((line) => layout.top(line))).toEqual([0, 3, 4, 6]);
    expect([0, 2, 3, 4, 5].map((row) => layout.lineAt(row))).toEqual([0, 0, 1, 2, 2]);
    layout.wrapAt(0);
    expect(layout.rows).toBe(3);
  });
  it('count a tab up to where it ends', () => {
    const { layout } = made(1, { 0: '1234567\tx' });
    layout.wrapAt(8);
    expect(layout.rows).toBe(2);
  });
  it('are reckoned by the usual line where none are held, and put right as they come', () => {
    const { layout, take } = made(1_000_000, {}, 1_000_000 * 250);
    layout.wrapAt(100);
    const estimate = layout.rows;
    expect(estimate).toBeGreaterThan(2_000_000);
    expect(layout.lineAt(layout.top(700_000))).toBe(700_000);
    const from = 1000 * CHUNK_LINES;
    layout.measure(take(Object.fromEntries(Array.from({ length: CHUNK_LINES }, (_, at) => [from + at, 'short']))));
    expect(layout.top(from + 10) - layout.top(from)).toBe(10);
    expect(layout.rows).toBeLessThan(estimate);
    expect(layout.lineAt(layout.top(700_000))).toBe(700_000);
  });
  it('rise from line to line, whichever of them are held', () => {
    const { layout, take } = made(2000, { 300: 'x'.repeat(500), 310: 'y' }, 2000 * 120);
    layout.wrapAt(50);
    layout.measure(take({ 1999: 'z'.repeat(80) }));
    for (let line = 0; line < 2000; line += 1) {
      expect(layout.top(line + 1)).toBeGreaterThanOrEqual(layout.top(line) + 1);
      expect(layout.lineAt(layout.top(line))).toBe(line);
    }
  });
});
