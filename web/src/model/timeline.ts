// Lanes and ticks of the timeline.
import type { Execution, FireBand, TaskFires } from '../api/types';

const HOUR_MS = 3_600_000;
export const ZOOMS = { hour: HOUR_MS, day: 24 * HOUR_MS, week: 168 * HOUR_MS, month: 720 * HOUR_MS };
export type Zoom = keyof typeof ZOOMS;

// As it stands in the address, the usual left out.
export interface TimelineQuery {
  search: string;
  tag: string;
  zoom: Zoom;
}
export function readTimelineQuery(text: string): TimelineQuery {
  const given = new URLSearchParams(text);
  const zoom = given.get('zoom') ?? '';
  return { search: given.get('search') ?? '', tag: given.get('tag') ?? '', zoom: Object.hasOwn(ZOOMS, zoom) ? (zoom as Zoom) : 'hour' };
}
export function printTimelineQuery({ zoom, ...others }: TimelineQuery): string {
  const print = new URLSearchParams(Object.entries({ ...others, zoom: zoom === 'hour' ? '' : zoom }).filter(([, value]) => value !== ''));
  return print.size ? `?${print}` : '';
}
const STEPS: Record<Zoom, number> = { hour: HOUR_MS / 6, day: 4 * HOUR_MS, week: 24 * HOUR_MS, month: 120 * HOUR_MS };

export interface Lane {
  id: number;
  name: string;
  runs: Execution[];
  fires: FireBand[];
}

// How many fires they are; null where one of them was too much to count.
export function countOf(bands: FireBand[]): number | null {
  return bands.reduce<number | null>((sum, { count }) => (sum === null || count === null ? null : sum + count), 0);
}

// One lane a task, the busiest first.
export function lanesOf(runs: Execution[], tasks: TaskFires[]): Lane[] {
  const lanes = new Map<number, Lane>();
  const lane = (id: number, name: string) => {
    let found = lanes.get(id);
    if (!found) lanes.set(id, (found = { id, name, runs: [], fires: [] }));
    return found;
  };
  for (const run of runs) lane(run.task_id, run.task_name).runs.push(run);
  for (const { task_id, task_name, bands } of tasks) lane(task_id, task_name).fires.push(...bands);
  return [...lanes.values()].sort((a, b) => b.runs.length - a.runs.length || (countOf(b.fires) ?? Number.MAX_VALUE) - (countOf(a.fires) ?? Number.MAX_VALUE) || a.id - b.id);
}

// Round instants in the reader's own zone; half as many where there is little room.
export function ticks(from: number, to: number, zoom: Zoom, few = false): number[] {
  const step = STEPS[zoom] * (few ? 2 : 1);
  const offset = new Date(from).getTimezoneOffset() * 60_000;
  const result: number[] = [];
  for (let at = Math.ceil((from - offset) / step) * step + offset; at < to; at += step) result.push(at);
  return result;
}
