// What needs somebody, by the server's time; within the doubt that there is about that, nothing is.
import { CLOCK_DOUBT_MS } from '../api/serverTime';
import type { Task } from '../api/types';
import { takesTooLong } from './execution';

const LATE_AFTER_MS = 5000 + CLOCK_DOUBT_MS;

// Of a task that fires at all. A fire whose time has come may wait out its jitter.
export function dueOf(task: Pick<Task, 'next_due_at' | 'next_run_at'>): number {
  return Date.parse(task.next_due_at ?? task.next_run_at!);
}
export function isLate(due: number, present: number): boolean {
  return present - due > LATE_AFTER_MS;
}
// `usual`: how long its runs take, null where that is unknown.
export function isStuck(started: number, present: number, usual: number | null): boolean {
  return takesTooLong(present - started - CLOCK_DOUBT_MS, usual);
}
