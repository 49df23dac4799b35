import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ApiError, get, NO_ANSWER, onLoggedOut, PATIENCE_MS, post } from './client';

// As the browser: an answer that never comes, unless the request is given up.
const never = (_: string, { signal }: RequestInit) =>
  new Promise<Response>((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('a request that gets no answer fails after a while, and says so', async () => {
  vi.stubGlobal('fetch', never);
  const failure = post('/tasks/1/pause').catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(PATIENCE_MS - 1);
  expect(vi.getTimerCount()).toBe(1);
  await vi.advanceTimersByTimeAsync(1);
  const error = await failure;
  expect(error).toBeInstanceOf(ApiError);
  expect(error).toMatchObject({ status: 0, message: NO_ANSWER });
});

test('an answer that breaks off halfway is given up too', async () => {
  vi.stubGlobal('fetch', async (_: string, { signal }: RequestInit) =>
    Object.assign(new Response(null), { json: () => new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason))) }),
  );
  const failure = get('/tasks').catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(PATIENCE_MS);
  expect(await failure).toMatchObject({ status: 0, message: 'unreachable' });
});

test('who gives a request up himself is told nothing else', async () => {
  vi.stubGlobal('fetch', never);
  const mine = new AbortController();
  const failure = get('/tasks', { signal: mine.signal }).catch((error: unknown) => error);
  mine.abort();
  expect(((await failure) as Error).name).toBe('AbortError');
  expect(vi.getTimerCount()).toBe(0);
});

test('an answer leaves no clock behind', async () => {
  vi.stubGlobal('fetch', () => Promise.resolve(new Response('{"id":1}', { headers: { date: new Date().toUTCString() } })));
  expect(await get('/tasks/1')).toEqual({ id: 1 });
  expect(vi.getTimerCount()).toBe(0);
});

test('while the session is renewed, a refusal of the old one leads nowhere', async () => {
  const loggedOut = vi.fn();
  onLoggedOut(loggedOut);
  let answer = (_: Response) => {};
  vi.stubGlobal('fetch', (path: string) =>
    path === '/auth/password' ? new Promise<Response>((resolve) => (answer = resolve)) : Promise.resolve(new Response('{}', { status: 401 })),
  );
  const renewal = post('/auth/password', {});
  await get('/auth/me').catch(() => {});
  expect(loggedOut).not.toHaveBeenCalled();
  answer(new Response('{}'));
  await renewal;
  await get('/auth/me').catch(() => {});
  expect(loggedOut).toHaveBeenCalledOnce();
});
