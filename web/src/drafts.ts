// What a user began to write in the task form and has not saved. It is kept by user, so that the next one at this
// browser does not find it, and thrown away at log-out. What often holds secrets (variables, headers, bodies, input)
// stays with the tab only and never goes to the disk with the rest.
import type { TaskDefinition } from './api/types';

export type Draft = Partial<TaskDefinition>;

const PREFIX = 'draft.';
const PRIVATE = ['env', 'http', 'stdin'] as const satisfies (keyof TaskDefinition)[];

const keyOf = (user: number, what: string) => `${PREFIX}${user}.${what}`;

function read(store: Storage, key: string): Draft {
  try {
    return JSON.parse(store.getItem(key) ?? '{}') as Draft;
  } catch {
    return {};
  }
}
function write(store: Storage, key: string, draft: object): void {
  try {
    if (Object.keys(draft).length) store.setItem(key, JSON.stringify(draft));
    else store.removeItem(key);
  } catch {
    // Then it is not kept.
  }
}

// Null where there is none. `whole`: also what was kept apart is still there.
export function readDraft(user: number, what: string): { draft: Draft; whole: boolean } | null {
  const { apart = [], ...kept } = read(localStorage, keyOf(user, what)) as Draft & { apart?: string[] };
  const draft = { ...kept, ...read(sessionStorage, keyOf(user, what)) };
  return Object.keys(draft).length ? { draft, whole: apart.every((field) => field in draft) } : null;
}

export function keepDraft(user: number, what: string, draft: Draft): void {
  const isPrivate = (field: string) => (PRIVATE as readonly string[]).includes(field);
  const part = (wanted: boolean) => Object.fromEntries(Object.entries(draft).filter(([field]) => isPrivate(field) === wanted));
  const apart = Object.keys(part(true));
  write(localStorage, keyOf(user, what), { ...part(false), ...(apart.length ? { apart } : {}) });
  write(sessionStorage, keyOf(user, what), part(true));
}

export function dropDraft(user: number, what: string): void {
  keepDraft(user, what, {});
}

// All drafts of that user, and those of older versions, which belonged to nobody.
export function forgetDrafts(user: number): void {
  for (const store of [localStorage, sessionStorage]) {
    const keys = Array.from({ length: store.length }, (_, place) => store.key(place)!);
    for (const key of keys) {
      if (key.startsWith(`${PREFIX}${user}.`) || key.startsWith(`${PREFIX}task.`)) store.removeItem(key);
    }
  }
}
