import { describe, expect, it } from 'vitest';
import { LogWindow } from './logWindow';

describe('the window on a log', () => {
  it('is the log itself where that can be laid out', () => {
    const view = new LogWindow(10_000, 500);
    expect([view.canvas, view.offset(777), view.scrollTop(777)]).toEqual([10_000, 777, 777]);
  });
  it('reaches both ends of a longer one', () => {
    const view = new LogWindow(50_000_000, 500);
    expect(view.canvas).toBeLessThan(33_000_000);
    expect(view.offset(0)).toBe(0);
    expect(view.offset(view.canvas - 500)).toBeCloseTo(50_000_000 - 500);
    expect(view.offset(view.scrollTop(31_234_560))).toBeCloseTo(31_234_560);
  });
});
