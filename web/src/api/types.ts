// The server's shapes by the names that the page uses. They come from its own description (schema.ts); what is said
// here is only which of their fields are always there.
import type { components } from './schema';

type Schemas = components['schemas'];
// The server sends every field of what it answers, also where a request may leave it out.
type Whole<T> = T extends readonly (infer Item)[]
  ? number extends T['length']
    ? Whole<Item>[]
    : T
  : T extends object
    ? { [Key in keyof T]-?: Whole<Exclude<T[Key], undefined>> }
    : T;
type But<T, Optional extends keyof T> = Omit<T, Optional> & Partial<Pick<T, Optional>>;

export type Role = Schemas['User']['role'];
export const ROLES: Role[] = ['viewer', 'operator', 'editor', 'admin'];
export type User = Pick<Schemas['User'], 'id' | 'username' | 'role'> & Partial<Pick<Schemas['User'], 'must_change_password'>>;

// What a user writes.
export type TaskDefinition = Omit<Whole<Schemas['TaskInput']>, 'status'>;
export type TaskDefaults = Schemas['TaskDefaults'];
// Null where it is not known any more.
export type TaskName = Schemas['TaskNames']['items'][number];
export type CrontabPreview = Schemas['CrontabPreview'];
export type OverlapPolicy = TaskDefinition['overlap'];
// Its next fires and figures only where one task is asked for.
export type Task = But<Omit<Whole<Schemas['Task']>, 'recent'>, 'next_fires' | 'paused' | 'running' | 'queued' | 'revision' | 'force_run_at'>;
export type TaskStatus = Task['status'];
export interface TaskPage extends Omit<Schemas['TaskPage'], 'items' | 'counts'> {
  items: Task[];
  counts?: Partial<Record<TaskStatus, number>>;
}
export interface Revision extends Omit<Whole<Schemas['Revisions']>['items'][number], 'definition'> {
  definition: Partial<TaskDefinition>;
}

export type ExecutionStatus = Schemas['Execution']['status'];
export type Trigger = Schemas['Execution']['trigger'];
export type Attempt = But<Whole<Schemas['Attempt']>, 'duration_ms'>;
// Attempts, output and arguments only where one execution is asked for; a match only where outputs are searched.
export type Execution = But<Omit<Whole<Schemas['Execution']>, 'attempts' | 'waiting' | 'priority' | 'pool'>, 'args' | 'match' | 'stdout' | 'stderr' | 'task_revision' | 'upstream_execution_id'> & {
  attempts?: Attempt[];
};
export interface ExecutionPage extends Omit<Schemas['ExecutionPage'], 'items'> {
  items: Execution[];
}
// What a strip of runs needs to know of each; the server sends it as [id, status, began in ms since 1970, took in ms].
export type Run = Pick<Execution, 'id' | 'status' | 'started_at' | 'duration_ms'>;
export interface RecentRuns {
  items: { task_id: number; runs: [number, ExecutionStatus, number | null, number | null][] }[];
}

export type CronAnswer = Omit<Whole<Schemas['NextFires']>, 'canonical'>;
export type Upcoming = But<Whole<Schemas['Upcoming']>, 'counts' | 'tasks' | 'task_total' | 'more_tasks'>;
export type Fire = Upcoming['items'][number];
export type TaskFires = NonNullable<Upcoming['tasks']>[number];
export type FireBand = TaskFires['bands'][number];
export type FireCounts = NonNullable<Upcoming['counts']>;
export type StatsHour = Pick<Whole<Schemas['Stats']>['by_hour'][number], 'hour' | 'executions' | 'average_duration_ms'>;
export interface Stats extends Pick<Whole<Schemas['Stats']>, 'tasks'> {
  by_hour: StatsHour[];
}
export interface TaskStats extends Pick<Whole<Schemas['Stats']>, 'complete'> {
  by_day: { day: string; executions: Partial<Record<ExecutionStatus, number>> }[];
}

export interface Setting extends Omit<Schemas['Settings']['items'][number], 'value' | 'default'> {
  value: string | number | string[];
  default: string | number | string[] | null;
}
export interface Problem {
  type?: string;
  title: string;
  status: number;
  detail?: string;
  errors?: { loc: (string | number)[]; msg: string; position?: number }[];
}
// Some lines of an output, and how many there are; as an answer, and as an event.
export type LinesAnswer = Schemas['LogLines'];
export type LogMatches = Schemas['LogMatches'];
