// The server's shapes by the names that the page uses.
export type TaskStatus = 'ACTIVE' | 'PAUSED' | 'PENDING' | 'RUNNING' | 'FAILED';
export type ExecutionStatus =
  | 'PENDING'
  | 'RUNNING'
  | 'SUCCESS'
  | 'FAILED'
  | 'TIMEOUT'
  | 'CANCELLED'
  | 'SKIPPED'
  | 'MISSED'
  | 'LOST';
export type Role = 'viewer' | 'operator' | 'editor' | 'admin';

export interface User {
  id: number;
  username: string;
  role: Role;
  must_change_password?: boolean;
}

export interface Limits {
  memory_bytes: number | null;
  cpu_s: number | null;
  open_files: number | null;
  processes: number | null;
  nice: number | null;
}
export interface RetryPolicy {
  max_attempts: number;
  initial_delay_s: number;
  factor: number;
  max_delay_s: number;
  jitter: number;
}
export interface HttpCall {
  method: string;
  url: string;
  headers: Record<string, string>;
  body: string;
  expect_status: number[];
}
export type OverlapPolicy = 'skip' | 'queue' | 'queue_all' | 'cancel_running' | 'allow';
export type MisfirePolicy = 'fire_once' | 'fire_all' | 'skip';

// What a user writes.
export interface TaskDefinition {
  name: string;
  cron: string;
  timezone: string;
  command: string;
  http?: HttpCall | null;
  description: string;
  tags: string[];
  env: Record<string, string>;
  working_dir: string;
  run_as: string;
  shell: string;
  stdin: string;
  timeout_s: number | null;
  kill_grace_s: number;
  success_exit_codes: number[];
  retry: RetryPolicy;
  overlap: OverlapPolicy;
  misfire: { policy: MisfirePolicy; window_s: number };
  jitter_s: number;
  starts_at: string | null;
  ends_at: string | null;
  priority: number;
  pool: string;
  node_labels: Record<string, string>;
  on_success: number[];
  on_failure: number[];
  notify: string[];
  kill_mode: 'group' | 'main';
  limits: Limits;
  rerun_lost: boolean;
  keep_executions: number;
  keep_failed: number;
}
export interface Task extends TaskDefinition {
  id: number;
  status: TaskStatus;
  last_run_at: string | null;
  next_run_at: string | null;
  last_error: string | null;
  created_at: string;
  updated_at: string;
  created_by: string;
  // Only where one task is asked for.
  next_fires?: string[];
}

export type Trigger = 'schedule' | 'manual' | 'misfire' | 'backfill' | 'chain' | 'heartbeat';
export interface Attempt {
  attempt: number;
  status: ExecutionStatus;
  started_at: string | null;
  finished_at: string | null;
  duration_ms?: number | null;
  exit_code: number | null;
  signal: number | string | null;
  error: string | null;
  output_bytes: number;
  output_dropped_bytes: number;
  cpu_ms: number | null;
  max_rss_bytes: number | null;
}
export interface Execution {
  id: number;
  task_id: number;
  task_name: string;
  task_revision?: number;
  args?: string[];
  status: ExecutionStatus;
  trigger: Trigger;
  triggered_by: string | null;
  scheduled_at: string | null;
  due_at: string | null;
  created_at?: string;
  started_at: string | null;
  finished_at: string | null;
  late_ms: number | null;
  duration_ms: number | null;
  attempt: number;
  attempts?: Attempt[];
  exit_code: number | null;
  signal: number | string | null;
  error: string | null;
  reason: string | null;
  stdout?: string;
  stderr?: string;
  output_bytes: number;
  output_dropped_bytes: number;
  cpu_ms: number | null;
  max_rss_bytes: number | null;
  node: string;
  count: number;
  scheduled_until: string | null;
}
export interface Revision {
  revision: number;
  changed_at: string;
  changed_by: string;
  definition: Partial<TaskDefinition>;
}
export interface ExecutionPage {
  items: Execution[];
  next_cursor: string | null;
}

export interface CronAnswer {
  timezone: string;
  next: string[];
  description: string;
}

export interface TaskPage {
  items: Task[];
  total: number;
  page: number;
  page_size: number;
}

export interface Problem {
  type?: string;
  title: string;
  status: number;
  detail?: string;
  errors?: { loc: (string | number)[]; msg: string; position?: number }[];
}

export interface Fire {
  task_id: number;
  task_name: string;
  scheduled_at: string;
}
export interface StatsHour {
  hour: string;
  executions: Partial<Record<ExecutionStatus, number>>;
  average_duration_ms: number | null;
}
export interface Stats {
  by_hour: StatsHour[];
}
