// A page of the list as it will be when some of its tasks are deleted, which the server lists until then.
import type { Task, TaskPage } from '../api/types';

// What the server gives at once, and for how many it is asked again and again.
const MOST_AT_ONCE = 500;
const MOST_READ = 2000;

type Place = { page: number; page_size: number };

// `ask` gives a page of the server's list. So far down that too much would have to be read, its page is shown as it is.
export async function listWithout(ids: ReadonlySet<number>, { page, page_size }: Place, ask: (place: Place) => Promise<TaskPage>): Promise<TaskPage> {
  const end = page * page_size;
  if (ids.size === 0 || end + ids.size > MOST_READ) return ask({ page, page_size });
  const size = Math.min(MOST_AT_ONCE, end + ids.size);
  const kept: Task[] = [];
  for (let at = 1; ; at += 1) {
    const answer = await ask({ page: at, page_size: size });
    kept.push(...answer.items.filter(({ id }) => !ids.has(id)));
    if (kept.length >= end || at * size >= answer.total) return { ...answer, page, page_size, items: kept.slice(end - page_size, end) };
  }
}

export const lastPage = (total: number, size: number): number => Math.max(1, Math.ceil(total / size));
