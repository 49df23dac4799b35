import { describe, expect, it } from 'vitest';
import type { Execution } from '../api/types';
import { lanesOf, printTimelineQuery, reaches, readTimelineQuery, ticks, windowOf, ZOOMS } from './timeline';

const run = (task_id: number) => ({ task_id, task_name: `t${task_id}` }) as Execution;

describe('the timeline', () => {
  const fires = (task_id: number, ...counts: (number | null)[]) => ({
    task_id,
    task_name: `t${task_id}`,
    bands: counts.map((count) => ({ from: '2026-01-01T00:00:00Z', to: '2026-01-01T00:00:00Z', count, every_ms: null })),
  });
  it('has one lane a task, the busiest first', () =>
    expect(lanesOf([run(1), run(2), run(2)], [fires(3, 1), fires(4, 1, 7), fires(5, null), fires(6, 3, null)]).map(({ id }) => id)).toEqual([2, 1, 5, 6, 4, 3]));
  it('has half the ticks where there is little room', () => expect(ticks(0, ZOOMS.month, 'month', true).length).toBe(3));
  it('has a handful of ticks at every zoom', () => {
    for (const [zoom, width] of Object.entries(ZOOMS)) {
      const count = ticks(1_767_225_600_000, 1_767_225_600_000 + width, zoom as 'hour').length;
      expect(count).toBeGreaterThanOrEqual(5);
      expect(count).toBeLessThanOrEqual(8);
    }
  });
});

describe('what of it is shown stands in the address', () => {
  it.each([
    ['', { search: '', tag: '', zoom: 'hour', at: null }],
    ['?zoom=week', { search: '', tag: '', zoom: 'week', at: null }],
    ['?search=a+b&tag=x&zoom=day', { search: 'a b', tag: 'x', zoom: 'day', at: null }],
    ['?zoom=day&at=2026-01-31T09:30Z', { search: '', tag: '', zoom: 'day', at: Date.parse('2026-01-31T09:30Z') }],
  ] as const)('"%s"', (text, query) => {
    expect(readTimelineQuery(text)).toEqual(query);
    expect(printTimelineQuery(query)).toBe(text);
  });
  it('but no place that is no time', () => expect(readTimelineQuery('?at=yesterday').at).toBe(null));
  it('but nothing that there is not', () => expect(readTimelineQuery('?zoom=toString').zoom).toBe('hour'));
});

describe('the window', () => {
  const at = Date.parse('2026-01-31T09:30Z');
  it('goes with the present', () => expect(windowOf('day', null, at)).toEqual({ from: at - 0.8 * ZOOMS.day, to: at + 0.2 * ZOOMS.day }));
  it.each(['hour', 'day', 'week', 'month'] as const)('of a %s stands around the same instant', (zoom) => {
    const { from, to } = windowOf(zoom, at, 0);
    expect([(from + to) / 2, to - from]).toEqual([at, ZOOMS[zoom]]);
  });
  it.each([
    [{ status: 'RUNNING', finished_at: null }, true],
    [{ status: 'PENDING', finished_at: null }, false],
    [{ status: 'SUCCESS', finished_at: '2026-01-31T09:31Z' }, true],
    [{ status: 'SUCCESS', finished_at: '2026-01-31T09:29Z' }, false],
  ] as const)('is reached by what still runs or ended within it', (run, does) => expect(reaches(run, at)).toBe(does));
});
