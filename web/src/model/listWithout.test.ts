import { describe, expect, it } from 'vitest';
import type { Task, TaskPage } from '../api/types';
import { lastPage, listWithout } from './listWithout';

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);
function serverOf(total: number) {
  const asked: string[] = [];
  const ask = async ({ page, page_size }: { page: number; page_size: number }) => {
    asked.push(`${page}/${page_size}`);
    const ids = range(1, total).slice((page - 1) * page_size, page * page_size);
    return { items: ids.map((id) => ({ id }) as Task), total, page, page_size } as TaskPage;
  };
  return { ask, asked };
}
const idsOf = (page: TaskPage) => page.items.map(({ id }) => id);

describe('the list without what is being deleted', () => {
  it('is the page of the server as long as nothing is', async () => {
    const { ask, asked } = serverOf(62);
    expect(idsOf(await listWithout(new Set(), { page: 2, page_size: 50 }, ask))).toEqual(range(51, 62));
    expect(asked).toEqual(['2/50']);
  });
  it('shows what follows a page that is deleted whole', async () => {
    const { ask } = serverOf(62);
    expect(idsOf(await listWithout(new Set(range(1, 50)), { page: 1, page_size: 50 }, ask))).toEqual(range(51, 62));
  });
  it('shows each of the others on one page', async () => {
    const { ask } = serverOf(70);
    const ids = new Set(range(11, 20));
    const first = idsOf(await listWithout(ids, { page: 1, page_size: 50 }, ask));
    const second = await listWithout(ids, { page: 2, page_size: 50 }, ask);
    expect([...first, ...idsOf(second)]).toEqual([...range(1, 10), ...range(21, 70)]);
    expect(second).toMatchObject({ page: 2, page_size: 50, total: 70 });
  });
  it('reads on where the server gives no more at once', async () => {
    const { ask, asked } = serverOf(1020);
    expect(idsOf(await listWithout(new Set(range(1, 1000)), { page: 1, page_size: 50 }, ask))).toEqual(range(1001, 1020));
    expect(asked).toEqual(['1/500', '2/500', '3/500']);
  });
  it('reads no thousands for a page far down', async () => {
    const { ask, asked } = serverOf(10_000);
    await listWithout(new Set([1]), { page: 200, page_size: 50 }, ask);
    expect(asked).toEqual(['200/50']);
  });
  it.each([[0, 1], [50, 1], [51, 2], [82, 2]])('of %i has %i pages', (total, last) => expect(lastPage(total, 50)).toBe(last));
});
