import { describe, expect, it } from 'vitest';
import { bars, summarize } from './stats';

const NOW = Date.UTC(2026, 0, 31, 12, 30);
const hour = (ago: number, executions: Record<string, number>, average_duration_ms: number | null = null) => ({ hour: new Date(Math.floor(NOW / 3_600_000) * 3_600_000 - ago * 3_600_000).toISOString(), executions, average_duration_ms });
const stats = { by_hour: [hour(0, { SUCCESS: 3, SKIPPED: 5 }, 100), hour(30, { SUCCESS: 1, FAILED: 1, TIMEOUT: 1 }, 300), hour(1000, { FAILED: 9 })] };

describe('figures', () => {
  it('of a day count only that day, and only what ran', () => expect(summarize(stats, 'day', NOW)).toEqual({ total: 3, failed: 0, rate: 100, mean: 100 }));
  it('of a week', () => expect(summarize(stats, 'week', NOW)).toEqual({ total: 6, failed: 2, rate: 66.7, mean: 200 }));
  it('of nothing are none', () => expect(summarize(null, 'day', NOW)).toEqual({ total: 0, failed: 0, rate: null, mean: null }));
  it('never say 100 % while something failed', () =>
    expect(summarize({ by_hour: [hour(1, { SUCCESS: 99999, FAILED: 1 })] }, 'day', NOW).rate).toBe(99.9));
});

describe('bars', () => {
  it('cover the span up to this hour', () => {
    const day = bars(stats, 'day', NOW, 24);
    expect(day[23]).toMatchObject({ good: 3, failed: 0 });
    expect(day.reduce((sum, bar) => sum + bar.failed, 0)).toBe(0);
    expect(bars(stats, 'week', NOW, 28).reduce((sum, bar) => sum + bar.failed, 0)).toBe(2);
  });
});
