// What can be said of an execution from its fields alone.
import type { Execution, ExecutionStatus, Run } from '../api/types';

export const EXECUTION_STATUSES: ExecutionStatus[] = [
  'PENDING',
  'RUNNING',
  'SUCCESS',
  'FAILED',
  'TIMEOUT',
  'CANCELLED',
  'SKIPPED',
  'MISSED',
  'LOST',
];

export function isFailure(status: ExecutionStatus): boolean {
  return status === 'FAILED' || status === 'TIMEOUT' || status === 'LOST';
}
export function isOpen(status: ExecutionStatus): boolean {
  return status === 'PENDING' || status === 'RUNNING';
}
// It had a process, so that it has output, a duration and an exit status.
export function hasRun(status: ExecutionStatus): boolean {
  return status !== 'SKIPPED' && status !== 'MISSED' && status !== 'PENDING';
}

// The name of a signal by its number, as kill -l has it.
const SIGNALS: Record<number, string> = {
  1: 'SIGHUP', 2: 'SIGINT', 3: 'SIGQUIT', 4: 'SIGILL', 6: 'SIGABRT', 7: 'SIGBUS', 8: 'SIGFPE', 9: 'SIGKILL',
  10: 'SIGUSR1', 11: 'SIGSEGV', 12: 'SIGUSR2', 13: 'SIGPIPE', 14: 'SIGALRM', 15: 'SIGTERM', 24: 'SIGXCPU',
  25: 'SIGXFSZ', 31: 'SIGSYS',
};
export function signalName(signal: number | string | null): string | null {
  if (signal === null || signal === 0 || signal === '') return null;
  return typeof signal === 'string' ? signal : (SIGNALS[signal] ?? `SIG${signal}`);
}

// The signal that ended it; a shell gives it as an exit code above 128.
export function signalOf(code: number | null, signal: number | string | null): string | null {
  const number = code !== null && code > 128 && code < 160 ? code - 128 : null;
  return signalName(signal) ?? (number !== null && number in SIGNALS ? SIGNALS[number]! : null);
}

// The execution that it repeats, as one asked by hand.
export function retryOf({ trigger, reason }: Pick<Execution, 'trigger' | 'reason'>): number | null {
  const number = trigger === 'manual' ? /^retry of execution (\d+)$/.exec(reason ?? '')?.[1] : undefined;
  return number ? Number(number) : null;
}

// The server's sentences about an end, its error and its reason; one where it says it all.
export function whyItEnded(error: string | null, reason: string | null): string[] {
  if (!error || !reason) return [error ?? '', reason ?? ''].filter(Boolean);
  if (reason.includes(error)) return [reason];
  return error.includes(reason) ? [error] : [error, reason];
}

// Which sentence explains an exit; the words stand in the dictionaries as exit.*.
export function exitMeaning(status: ExecutionStatus, code: number | null, signal: number | string | null): string | null {
  const name = signalOf(code, signal);
  if (code === null && name === null) return null;
  if (status === 'TIMEOUT') return 'exit.timeout';
  if (status === 'CANCELLED') return 'exit.cancelled';
  if (name === 'SIGKILL') return 'exit.killed';
  if (name === 'SIGTERM') return 'exit.terminated';
  if (name === 'SIGSEGV' || name === 'SIGABRT' || name === 'SIGBUS') return 'exit.crashed';
  if (name) return 'exit.signal';
  if (code === 0) return 'exit.ok';
  if (code === 1) return 'exit.general';
  if (code === 2) return 'exit.usage';
  if (code === 126) return 'exit.not_executable';
  if (code === 127) return 'exit.not_found';
  return 'exit.other';
}

export function bytes(count: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = count;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

// The median of the runs that ended well, without that one itself; null where there is none.
export function usualDuration(runs: Run[], but: number): number | null {
  const durations = runs
    .filter((run) => run.id !== but && run.status === 'SUCCESS' && run.duration_ms !== null)
    .map((run) => run.duration_ms!)
    .sort((a, b) => a - b);
  return durations.length ? durations[Math.floor(durations.length / 2)]! : null;
}

const STUCK_FACTOR = 3;
const STUCK_AFTER_MS = 60_000;
// It takes longer than three times the usual and a minute. A usual duration of 0 ms is known; null is unknown.
export function takesTooLong(lasted: number, usual: number | null): boolean {
  return usual !== null && lasted > Math.max(STUCK_AFTER_MS, usual * STUCK_FACTOR);
}
// How far it is, from 0 to 1, were it to take as long as usual; null where that is unknown.
export function shareOfUsual(lasted: number, usual: number | null): number | null {
  return usual === null ? null : Math.min(1, lasted / Math.max(1, usual));
}

// The key of its cause: a fire that the catching up only booked as missed was not made up.
export const causeOf = ({ trigger, status }: Pick<Execution, 'trigger' | 'status'>): string => (trigger === 'misfire' && status === 'MISSED' ? 'missed' : trigger);
