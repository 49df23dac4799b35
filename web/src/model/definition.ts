// A task's definition as the form handles it: defaults, what differs, and fields as text.
import type { TaskDefinition } from '../api/types';

export const DEFAULTS: TaskDefinition = {
  name: '',
  cron: '',
  timezone: '',
  command: '',
  http: null,
  description: '',
  tags: [],
  env: {},
  secrets: {},
  secret_files: {},
  working_dir: '',
  run_as: '',
  shell: '',
  stdin: '',
  timeout_s: null,
  kill_grace_s: 10,
  success_exit_codes: [0],
  retry: { max_attempts: 1, initial_delay_s: 10, factor: 2, max_delay_s: 600, jitter: 0.2 },
  overlap: 'skip',
  misfire: { policy: 'fire_once', window_s: 86400 },
  jitter_s: 0,
  start_deadline_s: 0,
  starts_at: null,
  ends_at: null,
  priority: 0,
  pool: '',
  node_labels: {},
  on_success: [],
  on_failure: [],
  after: { tasks: [], need: 'all', on: 'success' },
  notify: [],
  kill_mode: 'group',
  limits: { memory_bytes: null, cpu_s: null, open_files: null, processes: null, nice: null },
  rerun_lost: false,
  keep_executions: 50,
  keep_failed: 50,
};
export type Field = keyof TaskDefinition;
export const FIELDS = Object.keys(DEFAULTS) as Field[];

// The parts of a task that a user writes, with defaults for what the server left out.
export function definitionOf(task: Partial<TaskDefinition>): TaskDefinition {
  const entries = FIELDS.map((field) => [field, task[field] ?? DEFAULTS[field]]);
  return structuredClone(Object.fromEntries(entries)) as TaskDefinition;
}

export const sameValue = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

export function changedFields(from: TaskDefinition, to: TaskDefinition): Field[] {
  return FIELDS.filter((field) => !sameValue(from[field], to[field]));
}

export interface Change {
  field: Field;
  byMe: boolean;
  byThem: boolean;
  // Both changed it, each to something else.
  conflict: boolean;
}
// What became of a version that two began with, in the fields' order.
export function changesOfBoth(base: TaskDefinition, mine: TaskDefinition, theirs: TaskDefinition): Change[] {
  return FIELDS.map((field) => {
    const byMe = !sameValue(base[field], mine[field]);
    const byThem = !sameValue(base[field], theirs[field]);
    return { field, byMe, byThem, conflict: byMe && byThem && !sameValue(mine[field], theirs[field]) };
  }).filter(({ byMe, byThem }) => byMe || byThem);
}

export function pick(definition: TaskDefinition, fields: Field[]): Partial<TaskDefinition> {
  return Object.fromEntries(fields.map((field) => [field, definition[field]])) as Partial<TaskDefinition>;
}

// A new task's body: only what differs from the defaults, and always the three that a task needs.
export function bodyOf(definition: TaskDefinition): Partial<TaskDefinition> {
  const fields = changedFields(DEFAULTS, definition).filter((field) => !(field === 'command' && definition.http));
  const needed: Field[] = definition.http ? ['name', 'cron'] : ['name', 'cron', 'command'];
  return pick(definition, [...new Set<Field>([...needed, ...fields])]);
}

export function printValue(value: unknown): string {
  if (value === null || value === undefined || value === '') return '–';
  if (Array.isArray(value)) return value.length ? value.join(', ') : '–';
  if (typeof value === 'object') {
    const entries = Object.entries(value);
    return entries.length ? entries.map(([key, part]) => `${key}=${printValue(part)}`).join('\n') : '–';
  }
  return String(value);
}

export function readList(text: string): string[] {
  return [...new Set(text.split(/[,，\n]/).map((part) => part.trim()).filter(Boolean))];
}
const numbersIn = (text: string) => readList(text.replace(/\s+/g, ','));
export function readNumbers(text: string): number[] {
  return numbersIn(text).map(Number).filter(Number.isInteger);
}
// The first part that is no whole number, where there is one.
export function noNumberIn(text: string): string | undefined {
  return numbersIn(text).find((part) => !Number.isInteger(Number(part)));
}
