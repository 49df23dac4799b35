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
  // The instant in the middle of the window, so that another width shows the same place; null: it goes with the present.
  at: number | null;
}
export function readTimelineQuery(text: string): TimelineQuery {
  const given = new URLSearchParams(text);
  const zoom = given.get('zoom') ?? '';
  const at = Date.parse(given.get('at') ?? '');
  return { search: given.get('search') ?? '', tag: given.get('tag') ?? '', zoom: Object.hasOwn(ZOOMS, zoom) ? (zoom as Zoom) : 'hour', at: Number.isNaN(at) ? null : at };
}
export function printTimelineQuery({ zoom, at, ...others }: TimelineQuery): string {
  const place = at === null ? '' : new Date(at).toISOString().replace(/:\d\d\.\d{3}Z$/, 'Z');
  const print = new URLSearchParams(Object.entries({ ...others, zoom: zoom === 'hour' ? '' : zoom, at: place }).filter(([, value]) => value !== ''));
  return print.size ? `?${print}`.replaceAll('%3A', ':') : '';
}

// The window goes with the present, a part of it ahead, or stands around an instant.
const SHARE_AHEAD = 0.2;
export function windowOf(zoom: Zoom, at: number | null, present: number): { from: number; to: number } {
  const width = ZOOMS[zoom];
  const to = at === null ? present + width * SHARE_AHEAD : at + width / 2;
  return { from: to - width, to };
}

// From when to when a run is drawn, which is what the server takes for what went on in a window. What was missed or
// skipped begins with its first fire, which may lie long before it was told of.
const NEVER_RAN: readonly string[] = ['MISSED', 'SKIPPED'];
export const beginOf = (run: Pick<Execution, 'started_at' | 'scheduled_at' | 'created_at' | 'status'>) =>
  Date.parse(run.started_at ?? (NEVER_RAN.includes(run.status) ? run.scheduled_at : null) ?? run.created_at);
export const endOf = (run: Pick<Execution, 'finished_at' | 'created_at' | 'status'>, now: number) =>
  run.finished_at ? Date.parse(run.finished_at) : run.status === 'RUNNING' || run.status === 'PENDING' ? now : Date.parse(run.created_at);

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

const MINUTE_MS = 60_000;
const STEPS: Record<Zoom, number> = { hour: 10, day: 4, week: 1, month: 5 };

// Round times of the reader's own clock; half as many where there is little room. Clocks are changed within a window, so
// that hours and days are counted by the calendar, not by their length.
export function ticks(from: number, to: number, zoom: Zoom, few = false): number[] {
  const step = STEPS[zoom] * (few ? 2 : 1);
  const found = zoom === 'hour' ? minutes(from, to, step) : zoom === 'day' ? hours(from, to, step) : days(from, to, step);
  return found.filter((at, index) => at >= from && at < to && at !== found[index - 1]);
}
function minutes(from: number, to: number, step: number): number[] {
  const result: number[] = [];
  // Offsets are whole minutes, and a change of the clock is a multiple of ten.
  for (let at = Math.ceil(from / MINUTE_MS) * MINUTE_MS; at < to; at += MINUTE_MS) if (new Date(at).getMinutes() % step === 0) result.push(at);
  return result;
}
function hours(from: number, to: number, step: number): number[] {
  return dates(from, to).flatMap((day) => Array.from({ length: 24 / step }, (_, index) => new Date(day.getFullYear(), day.getMonth(), day.getDate(), index * step).getTime()));
}
function days(from: number, to: number, step: number): number[] {
  // Numbered through, so that the same days are named wherever the window stands.
  const number = (day: Date) => Math.round(Date.UTC(day.getFullYear(), day.getMonth(), day.getDate()) / (24 * HOUR_MS));
  return dates(from, to)
    .filter((day) => number(day) % step === 0)
    .map((day) => day.getTime());
}
function dates(from: number, to: number): Date[] {
  const first = new Date(from);
  const result: Date[] = [];
  for (let day = 0; ; day += 1) {
    const at = new Date(first.getFullYear(), first.getMonth(), first.getDate() + day);
    if (at.getTime() >= to) return result;
    result.push(at);
  }
}

// Whether the date is to be said at that tick: the first, and each that begins another day.
export function namesDay(ticks: number[], index: number): boolean {
  const day = (at: number) => new Date(at).toDateString();
  return index === 0 || day(ticks[index]!) !== day(ticks[index - 1]!);
}
