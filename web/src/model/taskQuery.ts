// What the task list shows, as it stands in the address. Defaults are left out, so that addresses stay short.
import type { Task, TaskStatus } from '../api/types';

export type TaskSort = 'id' | 'name' | 'status' | 'created_at' | 'updated_at' | 'last_run_at' | 'next_run_at';
export const STATUSES: TaskStatus[] = ['ACTIVE', 'RUNNING', 'PENDING', 'FAILED', 'PAUSED'];
export const PAGE_SIZES = [25, 50, 100, 200];
// What the server takes; an address may ask for a size that the page does not offer.
const MOST_ON_PAGE = 500;
// What the overview leads to, and no status tells.
const ATTENTION = ['paused', 'never_ran'] as const;
const SORTS: TaskSort[] = ['id', 'name', 'status', 'created_at', 'updated_at', 'last_run_at', 'next_run_at'];

export interface TaskQuery {
  search: string;
  status: TaskStatus | '';
  tag: string;
  attention: (typeof ATTENTION)[number] | '';
  sort: TaskSort;
  order: 'asc' | 'desc';
  page: number;
  page_size: number;
}

export const DEFAULT_QUERY: TaskQuery = {
  search: '',
  status: '',
  tag: '',
  attention: '',
  sort: 'id',
  order: 'desc',
  page: 1,
  page_size: 50,
};

export function readTaskQuery(text: string): TaskQuery {
  const given = new URLSearchParams(text);
  const choice = <T extends string>(name: string, allowed: readonly T[], fallback: T): T =>
    allowed.find((value) => value === given.get(name)) ?? fallback;
  const page = Number(given.get('page'));
  const size = Number(given.get('page_size'));
  return {
    search: given.get('search') ?? '',
    status: choice('status', ['', ...STATUSES], ''),
    tag: given.get('tag') ?? '',
    attention: choice('attention', ['', ...ATTENTION], ''),
    sort: choice('sort', SORTS, DEFAULT_QUERY.sort),
    order: choice('order', ['asc', 'desc'] as const, DEFAULT_QUERY.order),
    page: Number.isInteger(page) && page > 0 ? page : 1,
    page_size: Number.isInteger(size) && size > 0 && size <= MOST_ON_PAGE ? size : DEFAULT_QUERY.page_size,
  };
}

// What the server is asked for, as one place has it: only the same question is answered ahead.
export function listQuery(query: TaskQuery): Record<string, string | number | boolean> {
  return { ...query, counts: true };
}

export function writeTaskQuery(query: TaskQuery): string {
  const search = new URLSearchParams();
  for (const key of Object.keys(DEFAULT_QUERY) as (keyof TaskQuery)[]) {
    if (query[key] !== DEFAULT_QUERY[key]) search.set(key, String(query[key]));
  }
  const text = search.toString();
  return text ? `?${text}` : '';
}

// As the server decides it, but for what only it knows: when the first fire of one that never ran was due.
function needsAttention({ status, last_error, last_run_at }: Pick<Task, 'status' | 'last_error' | 'last_run_at'>, what: (typeof ATTENTION)[number]): boolean {
  return what === 'paused' ? status === 'PAUSED' && Boolean(last_error) : status === 'ACTIVE' && last_run_at === null;
}

// Whether the list that is asked for would show it, as the server decides it; its status is another matter.
export function matches(
  task: Pick<Task, 'name' | 'command' | 'description' | 'tags' | 'http' | 'status' | 'last_error' | 'last_run_at'>,
  { search, tag, attention }: Pick<TaskQuery, 'search' | 'tag' | 'attention'>,
): boolean {
  if (attention && !needsAttention(task, attention)) return false;
  if (tag && !task.tags.includes(tag)) return false;
  const sought = search.toLowerCase();
  return [task.name, task.command, task.description, task.http?.url, ...task.tags].some((text) => text?.toLowerCase().includes(sought));
}

// A change of anything but the page leads back to the first page.
export function change(query: TaskQuery, part: Partial<TaskQuery>): TaskQuery {
  return { ...query, page: 1, ...part };
}
