// Lanes and ticks of the timeline.
import type { Execution, Fire } from '../api/types';

const HOUR_MS = 3_600_000;
export const ZOOMS = { hour: HOUR_MS, day: 24 * HOUR_MS, week: 168 * HOUR_MS, month: 720 * HOUR_MS };
export type Zoom = keyof typeof ZOOMS;
const STEPS: Record<Zoom, number> = { hour: HOUR_MS / 6, day: 4 * HOUR_MS, week: 24 * HOUR_MS, month: 120 * HOUR_MS };

export interface Lane {
  id: number;
  name: string;
  runs: Execution[];
  fires: Fire[];
}

// One lane a task, the busiest first.
export function lanesOf(runs: Execution[], fires: Fire[]): Lane[] {
  const lanes = new Map<number, Lane>();
  const lane = (id: number, name: string) => {
    let found = lanes.get(id);
    if (!found) lanes.set(id, (found = { id, name, runs: [], fires: [] }));
    return found;
  };
  for (const run of runs) lane(run.task_id, run.task_name).runs.push(run);
  for (const fire of fires) lane(fire.task_id, fire.task_name).fires.push(fire);
  return [...lanes.values()].sort((a, b) => b.runs.length - a.runs.length || b.fires.length - a.fires.length || a.id - b.id);
}

// Fires that would touch each other, taken together.
export function bandsOf(fires: Fire[], closeMs: number): { from: number; to: number; count: number }[] {
  const bands: { from: number; to: number; count: number }[] = [];
  for (const at of fires.map((fire) => Date.parse(fire.scheduled_at)).sort((a, b) => a - b)) {
    const last = bands.at(-1);
    if (last && at - last.to < closeMs) {
      last.to = at;
      last.count += 1;
    } else bands.push({ from: at, to: at, count: 1 });
  }
  return bands;
}

// Round instants in the reader's own zone.
export function ticks(from: number, to: number, zoom: Zoom): number[] {
  const step = STEPS[zoom];
  const offset = new Date(from).getTimezoneOffset() * 60_000;
  const result: number[] = [];
  for (let at = Math.ceil((from - offset) / step) * step + offset; at < to; at += step) result.push(at);
  return result;
}
