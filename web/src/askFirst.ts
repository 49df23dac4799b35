// What the first page is going to ask the server, asked while its code is still on the way.
import { askAhead } from './api/client';
import { listQuery, readTaskQuery } from './model/taskQuery';
import { countsQuery, readUpcomingQuery } from './model/upcoming';
import { prefs } from './prefs.svelte';
import { matchRoute, type PageName } from './routes';
import { session } from './session.svelte';

// The present, as the first question about what comes has it; for whoever asks that question again.
let askedFrom: number | null = null;
export function takeAskedFrom(): number | null {
  const from = askedFrom;
  askedFrom = null;
  return from;
}

const QUESTIONS: Partial<Record<PageName, () => Promise<unknown>>> = {
  tasks: () => Promise.all([askAhead('/tasks', listQuery(readTaskQuery(location.search))), prefs.askAhead()]),
  upcoming: () => askAhead('/api/upcoming', countsQuery((askedFrom = Date.now()), readUpcomingQuery(location.search, askedFrom).days)),
};

// Resolves when all of it is answered, however.
export async function askFirst(): Promise<void> {
  const { page } = matchRoute(location.pathname);
  if (page === 'login' || page === 'register') return;
  await Promise.allSettled([session.load(), QUESTIONS[page]?.()]);
}
