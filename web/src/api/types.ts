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

export interface Task {
  id: number;
  name: string;
  cron: string;
  timezone: string;
  command: string;
  description: string;
  tags: string[];
  status: TaskStatus;
  last_run_at: string | null;
  next_run_at: string | null;
  last_error: string | null;
  created_at: string;
  updated_at: string;
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
