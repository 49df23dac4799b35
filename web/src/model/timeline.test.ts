import { describe, expect, it } from 'vitest';
import type { Execution } from '../api/types';
import { bandsOf, lanesOf, ticks, ZOOMS } from './timeline';

const run = (task_id: number) => ({ task_id, task_name: `t${task_id}` }) as Execution;
const fireOf = (task_id: number, at: string) => ({ task_id, task_name: `t${task_id}`, scheduled_at: at, due_at: at });

describe('the timeline', () => {
  it('has one lane a task, the busiest first', () =>
    expect(lanesOf([run(1), run(2), run(2)], [fireOf(3, '2026-01-01T00:00:00Z')]).map(({ id }) => id)).toEqual([2, 1, 3]));
  it('draws fires that would touch as one band', () => {
    const fire = (second: number) => fireOf(1, new Date(second * 1000).toISOString());
    expect(bandsOf([fire(0), fire(2), fire(4), fire(60)], 3000)).toEqual([
      { from: 0, to: 4000, count: 3 },
      { from: 60_000, to: 60_000, count: 1 },
    ]);
  });
  it('has a handful of ticks at every zoom', () => {
    for (const [zoom, width] of Object.entries(ZOOMS)) {
      const count = ticks(1_767_225_600_000, 1_767_225_600_000 + width, zoom as 'hour').length;
      expect(count).toBeGreaterThanOrEqual(5);
      expect(count).toBeLessThanOrEqual(8);
    }
  });
});
