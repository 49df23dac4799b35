import { describe, expect, it } from 'vitest';
import type { Execution } from '../api/types';
import { beginOf, endOf, lanesOf, printTimelineQuery, readTimelineQuery, ticks, windowOf, ZOOMS } from './timeline';

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
});

describe('a bar', () => {
  const hour = (of: number) => new Date(of * 3_600_000).toISOString();
  const from = (status: string, scheduled: number | null, created: number, started: number | null, finished: number | null) =>
    ({ status, scheduled_at: scheduled && hour(scheduled), created_at: hour(created), started_at: started && hour(started), finished_at: finished && hour(finished) }) as Execution;
  it.each([
    ['of a run goes from its start to its end', from('SUCCESS', 1, 2, 3, 4), [3, 4]],
    ['of what runs, to the present', from('RUNNING', 1, 1, 2, null), [2, 9]],
    ['of what waits goes from its making to the present', from('PENDING', 1, 2, null, null), [2, 9]],
    ['of what was missed begins with its first fire', from('MISSED', 1, 5, null, 5), [1, 5]],
    ['of what was cancelled while it waited begins with its making', from('CANCELLED', 1, 5, null, 6), [5, 6]],
    ['of what ended nobody knows when is a mark', from('FAILED', null, 5, null, null), [5, 5]],
  ])('%s', (_, run, hours) => expect([beginOf(run), endOf(run, 9 * 3_600_000)]).toEqual(hours.map((of) => of * 3_600_000)));
});
