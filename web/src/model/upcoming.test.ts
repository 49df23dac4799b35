import { describe, expect, it } from 'vitest';
import { calendarOf, countsQuery, HOUR_MS, inCell, printUpcomingQuery, readUpcomingQuery, rowsOf } from './upcoming';

describe('the hours to come', () => {
  it('stand in a calendar, a day a row by the own clock', () => {
    const noon = new Date(2026, 0, 1, 12, 30);
    const hour = new Date(2026, 0, 1, 12).toISOString();
    const [first, second] = calendarOf([{ hour, count: 3 }], noon.getTime(), 1);
    expect(first!.hours[12]?.count).toBe(3);
    expect(first!.hours.reduce((sum, hour) => sum + (hour?.count ?? 0), 0)).toBe(3);
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

describe('what of them is shown stands in the address', () => {
  const now = Date.parse('2026-01-31T09:30:00Z');
  const hour = Date.parse('2026-01-31T12:00:00Z');
  it.each([
    ['', { days: 1, hour: null }],
    ['?days=7', { days: 7, hour: null }],
    ['?days=30&hour=2026-01-31T12:00Z', { days: 30, hour }],
  ] as const)('"%s"', (text, query) => {
    expect(readUpcomingQuery(text, now)).toEqual(query);
    expect(printUpcomingQuery(query)).toBe(text);
  });
  it.each(['?days=8', '?hour=x', '?hour=2026-01-31T08:00Z', '?hour=2026-02-01T12:00Z', '?hour=2026-01-31T12:10Z'])('"%s" shows the usual', (text) => expect(readUpcomingQuery(text, now)).toEqual({ days: 1, hour: null }));
});

describe('the count of a cell is short', () => {
  it.each([[7, '7'], [999, '999'], [1000, '1k'], [1440, '1.4k'], [9949, '9.9k'], [9950, '10k'], [36_000, '36k']])('%s: %s', (count, text) => expect(inCell(count)).toBe(text));
});
