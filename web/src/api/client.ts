// Requests to the server. A failure is an ApiError that carries the problem as the server told it; status 0
// means that it could not be reached.
import { learnServerTime } from './serverTime';
import type { Problem } from './types';

export class ApiError extends Error {
  readonly status: number;
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.detail || problem.title);
    this.status = problem.status;
    this.problem = problem;
  }
  // The message for one field of the body, or undefined.
  field(name: string): string | undefined {
    return this.problem.errors?.find((error) => error.loc[error.loc.length - 1] === name)?.msg;
  }
}

export interface RequestOptions {
  query?: Record<string, string | number | boolean | null | undefined>;
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
  // Sent to its end even when the page is left meanwhile.
  keepalive?: boolean;
}

// So long an answer is waited for: on a connection that has died without a word none comes, and no failure either.
export const PATIENCE_MS = 30_000;
// Of a change: it may have been made nevertheless. Who only reads is told that the server is out of reach.
export const NO_ANSWER = 'no answer';

// The caller's signal, and an end by itself. Whoever has the whole answer calls `done`.
function limited(method: string, signal: AbortSignal | undefined): { signal: AbortSignal; done: () => void } {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(new ApiError({ title: method === 'GET' ? 'unreachable' : NO_ANSWER, status: 0 })), PATIENCE_MS);
  const follow = () => limit.abort(signal?.reason);
  if (signal?.aborted) follow();
  signal?.addEventListener('abort', follow, { once: true });
  return {
    signal: limit.signal,
    done: () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', follow);
    },
  };
}

// Called once when the server says that nobody is logged in.
let whenLoggedOut: () => void = () => {};
export function onLoggedOut(handler: () => void): void {
  whenLoggedOut = handler;
}

export function urlOf(path: string, query: RequestOptions['query'] = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') search.set(name, String(value));
  }
  const text = search.toString();
  return text ? `${path}?${text}` : path;
}

async function problemOf(response: Response): Promise<Problem> {
  const fallback: Problem = { title: response.statusText || `HTTP ${response.status}`, status: response.status };
  try {
    const body = (await response.json()) as Partial<Problem>;
    return { ...fallback, ...body, status: response.status };
  } catch {
    return fallback;
  }
}

export async function send(method: string, path: string, options: RequestOptions = {}): Promise<Response> {
  const { signal, done } = limited(method, options.signal);
  return ask(method, path, { ...options, signal }).finally(done);
}

// This ends the session and begins another: until its answer is there, a refusal says nothing.
const RENEWAL = '/auth/password';
let renewals = 0;

async function ask(method: string, path: string, options: RequestOptions): Promise<Response> {
  if (path !== RENEWAL) return fetchAnswer(method, path, options);
  renewals += 1;
  return fetchAnswer(method, path, options).finally(() => (renewals -= 1));
}

async function fetchAnswer(method: string, path: string, options: RequestOptions): Promise<Response> {
  const headers: Record<string, string> = { accept: 'application/json', ...options.headers };
  if (options.body !== undefined) headers['content-type'] = 'application/json';
  const sent = Date.now();
  let response: Response;
  try {
    response = await fetch(urlOf(path, options.query), {
      method,
      headers,
      body: options.body === undefined ? undefined : JSON.stringify(options.body),
      signal: options.signal,
      keepalive: options.keepalive,
      credentials: 'same-origin',
    });
  } catch (cause) {
    if (cause instanceof ApiError || (cause as Error).name === 'AbortError') throw cause;
    throw new ApiError({ title: 'unreachable', status: 0 });
  }
  learnServerTime(response.headers.get('date'), sent, Date.now());
  if (response.ok) return response;
  if (response.status === 401 && !path.startsWith('/auth/login') && (renewals === 0 || path === RENEWAL)) whenLoggedOut();
  throw new ApiError(await problemOf(response));
}

async function json<T>(method: string, path: string, options?: RequestOptions): Promise<T> {
  const { signal, done } = limited(method, options?.signal);
  try {
    const response = await ask(method, path, { ...options, signal });
    return (response.status === 204 ? undefined : await response.json()) as T;
  } finally {
    done();
  }
}

// Answers that were asked for before the code that wants them was there.
const ahead = new Map<string, { answer: Promise<unknown>; value?: unknown }>();
const OLDEST_AHEAD_MS = 5000;

// Asks at once; the next `get` of the same address takes the answer. One that nobody took soon is dropped.
export async function askAhead(path: string, query?: RequestOptions['query']): Promise<void> {
  const url = urlOf(path, query);
  const entry: { answer: Promise<unknown>; value?: unknown } = { answer: json('GET', path, { query }) };
  ahead.set(url, entry);
  setTimeout(() => ahead.delete(url), OLDEST_AHEAD_MS);
  // A failure is told to the one who takes it.
  entry.value = await entry.answer.catch(() => undefined);
}
// The answer, where it is there already; it stays there to be taken.
export function aheadOf<T>(path: string, query?: RequestOptions['query']): T | undefined {
  return ahead.get(urlOf(path, query))?.value as T | undefined;
}

export function get<T>(path: string, options?: RequestOptions): Promise<T> {
  const url = urlOf(path, options?.query);
  const entry = ahead.get(url);
  ahead.delete(url);
  return (entry?.answer as Promise<T> | undefined) ?? json<T>('GET', path, options);
}
export const post = <T>(path: string, body?: unknown, options?: RequestOptions) =>
  json<T>('POST', path, { ...options, body });
export const put = <T>(path: string, body: unknown, options?: RequestOptions) =>
  json<T>('PUT', path, { ...options, body });
export const patch = <T>(path: string, body: unknown, options?: RequestOptions) =>
  json<T>('PATCH', path, { ...options, body });
export const remove = <T>(path: string, options?: RequestOptions) => json<T>('DELETE', path, options);
