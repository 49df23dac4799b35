import { describe, expect, it } from 'vitest';
import { heatLevel, heatmapOf } from './heatmap';

const now = new Date(2026, 2, 4, 15).getTime();

describe('the year of a task', () => {
  const weeks = heatmapOf([{ day: '2026-03-04', executions: { SUCCESS: 1, FAILED: 2, TIMEOUT: 1 } }, { day: '2026-03-03', executions: { SKIPPED: 9 } }], now);
  const days = weeks.flat();
  it('has 53 weeks that begin on Monday', () => {
    expect(weeks.length).toBe(53);
    for (const week of weeks) expect(new Date(week[0]!.at).getDay()).toBe(1);
  });
  it('counts what ran on its day, and only what ran', () => {
    expect(days.find((day) => day.at === new Date(2026, 2, 4).getTime())).toMatchObject({ good: 1, failed: 3, outside: false });
    expect(days.reduce((sum, day) => sum + day.good + day.failed, 0)).toBe(4);
  });
  it('leaves out what is still to come', () => expect(days.filter((day) => day.outside).length).toBe(4));
  it('has each day once, also where the clock changes', () => expect(new Set(days.map(({ at }) => at)).size).toBe(53 * 7));
  it('shades by the fullest day', () => expect([0, 1, 5, 8, 10].map((count) => heatLevel(count, 10))).toEqual([0, 1, 2, 4, 4]));
});
