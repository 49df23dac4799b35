import { describe, expect, it } from 'vitest';
import { calendarOf, countsQuery, HOUR_MS, rowsOf } from './upcoming';

describe('the hours to come', () => {
  it('stand in a calendar, a day a row by the own clock', () => {
    const noon = new Date(2026, 0, 1, 12, 30);
    const hour = new Date(2026, 0, 1, 12).toISOString();
    const [first, second] = calendarOf([{ hour, count: 3 }], noon.getTime(), 1);
    expect(first!.hours[12]!.count).toBe(3);
    expect(first!.hours.reduce((sum, { count }) => sum + count, 0)).toBe(3);
    expect(second!.at).toBe(new Date(2026, 0, 2).getTime());
  });
  it('fold what is more frequent than hourly in a day', () => expect(countsQuery(0, 1).fold).toBe(3599));
  it('are listed soonest first, whosever they are', () => {
    const band = (hour: number) => ({ from: new Date(hour * HOUR_MS).toISOString(), to: new Date(hour * HOUR_MS).toISOString(), count: 1, every_ms: null });
    const rows = rowsOf([
      { task_id: 1, task_name: 'a', bands: [band(1), band(3)] },
      { task_id: 2, task_name: 'b', bands: [band(2)] },
    ]);
    expect(rows.map(({ task_name }) => task_name).join('')).toBe('aba');
  });
});
