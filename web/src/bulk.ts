// The same done to many tasks: in parts, so that it can be seen how far it has come, and with a word on each.
import { get, post } from './api/client';
import type { TaskPage } from './api/types';
import { said } from './i18n/index.svelte';
import { sayProblem } from './problem';

export interface Outcome {
  id: number;
  name: string;
  problem: string | null;
  // It was so already: nothing had to be done.
  isSame?: boolean;
  // It waits for as long as it can be undone.
  isHeld?: boolean;
}
export type BulkAction = 'force_run' | 'pause' | 'resume' | 'delete';
type Progress = (done: number) => void;

const PART = 100;
const AT_ONCE = 4;

export async function bulk(action: BulkAction, tasks: ReadonlyMap<number, string>, progress: Progress = () => {}, keepalive = false): Promise<Outcome[]> {
  const ids = [...tasks.keys()];
  // A page that is being left has no time for a second request.
  const size = keepalive ? ids.length : PART;
  const all: Outcome[] = [];
  for (let at = 0; at < ids.length; at += size) {
    const part = ids.slice(at, at + size);
    try {
      const { results } = await post<{ results: { id: number; status: string; error?: string }[] }>(`/tasks/bulk/${action}`, { ids: part }, { keepalive });
      for (const { id, status, error } of results) all.push({ id, name: tasks.get(id) ?? `#${id}`, problem: status === 'error' ? said(error ?? '') : null });
    } catch (error) {
      for (const id of part) all.push({ id, name: tasks.get(id) ?? `#${id}`, problem: sayProblem(error) });
    }
    progress(all.length);
  }
  return all;
}

// Where the server has no request for many: one by one, a few at a time.
export async function oneByOne(tasks: ReadonlyMap<number, string>, each: (id: number) => Promise<void>, progress: Progress = () => {}): Promise<Outcome[]> {
  const queue = [...tasks];
  const all: Outcome[] = [];
  const worker = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const [id, name] = next;
      const problem = await each(id).then(
        () => null,
        (error: unknown) => sayProblem(error),
      );
      all.push({ id, name, problem });
      progress(all.length);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return all;
}

// Which of them are paused, so that an undo brings back only what was changed; null where that can't be known.
export async function pausedAmong(ids: number[]): Promise<Set<number> | null> {
  const size = 500;
  const most = 20;
  const wanted = new Set(ids);
  const paused = new Set<number>();
  try {
    for (let page = 1; page <= most; page += 1) {
      const { items, total } = await get<TaskPage>('/tasks', { query: { status: 'PAUSED', page, page_size: size, sort: 'id', order: 'asc' } });
      for (const { id } of items) if (wanted.has(id)) paused.add(id);
      if (page * size >= total) return paused;
    }
  } catch {
    // What is wrong is said by what comes after.
  }
  return null;
}
