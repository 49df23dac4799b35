import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LogFind, MOST_MATCHES } from './logFind';

let asked: URLSearchParams[] = [];
let answers: ((query: URLSearchParams) => unknown)[] = [];
beforeEach(() => {
  vi.useFakeTimers();
  asked = [];
  vi.stubGlobal('fetch', async (url: string) => {
    const query = new URLSearchParams(url.split('?')[1]);
    asked.push(query);
    const body = answers.shift()!(query);
    return new Response(JSON.stringify(body), { status: (body as { status?: number }).status ?? 200 });
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});
const found = (lines: [number, number][], next: number | null = null) => () => ({ count: 0, lines: lines.map(([line, count]) => ({ line, count })), next });

describe('a search by the server', () => {
  it('goes on until all was looked through, and knows each match by its line', async () => {
    answers = [found([[3, 2], [10, 1]], 11), found([[400, 1]])];
    const find = new LogFind('/executions/1/log', () => {});
    find.look('hit', 1, 500);
    await vi.runAllTimersAsync();
    expect(asked.map((query) => query.get('from'))).toEqual(['1', '11']);
    expect([find.count, find.done]).toEqual([4, true]);
    expect([0, 1, 2, 3, 4].map((index) => find.at(index))).toEqual([{ line: 2, nth: 0 }, { line: 2, nth: 1 }, { line: 9, nth: 0 }, { line: 399, nth: 0 }, null]);
    expect([0, 2, 3, 10, 399, 400].map((line) => find.firstFrom(line))).toEqual([0, 0, 2, 3, 3, 0]);
  });
  it('asks once for a word that is typed, and forgets the one before', async () => {
    answers = [found([[7, 1]])];
    const find = new LogFind('/executions/1/log', () => {});
    find.look('h', 1, 500);
    find.look('hi', 1, 500);
    find.look('hit', 1, 500);
    expect(find.firstFrom(0)).toBe(null);
    await vi.runAllTimersAsync();
    expect(asked.map((query) => query.get('q'))).toEqual(['hit']);
    find.look('', 1, 500);
    await vi.runAllTimersAsync();
    expect([find.count, asked.length]).toEqual([0, 1]);
  });
  it('goes on from the last line once there are more', async () => {
    answers = [found([[499, 1], [500, 1]]), found([[500, 2], [501, 1]])];
    const find = new LogFind('/executions/1/log', () => {});
    find.look('hit', 1, 500);
    await vi.runAllTimersAsync();
    find.look('hit', 1, 501);
    await vi.runAllTimersAsync();
    expect(asked.map((query) => query.get('from'))).toEqual(['1', '500']);
    expect(find.count).toBe(4);
  });
  it('ends where there are too many, and where the server does not look', async () => {
    answers = [found([[1, MOST_MATCHES - 1], [2, 5], [3, 1]], 4), () => ({ status: 422, title: 'no' })];
    const find = new LogFind('/executions/1/log', () => {});
    find.look('x', 1, 500);
    await vi.runAllTimersAsync();
    expect([find.count >= MOST_MATCHES, find.done]).toEqual([true, true]);
    find.look('y'.repeat(300), 1, 500);
    await vi.runAllTimersAsync();
    expect([find.count, find.done, asked.length]).toEqual([0, true, 2]);
  });
});
