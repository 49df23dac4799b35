// What a user began to write in the task form and has not saved. It is kept by user, so that the next one at this
// browser does not find it, and thrown away at log-out. What often holds secrets (variables, headers, bodies, input)
// stays with the tab only and never goes to the disk with the rest.
import type { TaskDefinition } from './api/types';
import { sameValue, type Field } from './model/definition';

type Fields = Partial<TaskDefinition>;
export interface Draft {
  fields: Fields;
  // Of a task: what these fields were before, and which version it was.
  was?: Fields;
  etag?: string;
  // Fields of text that cannot be read as a value yet, as they stand.
  text?: object;
}
// `whole`: also what was kept apart is still there.
export interface FoundDraft extends Required<Draft> {
  whole: boolean;
}

const PREFIX = 'draft.';
const PRIVATE = ['env', 'http', 'stdin'] as const satisfies Field[];
type Kept = Fields & { was?: Fields; etag?: string; apart?: string[] };
type KeptApart = Fields & { was?: Fields; text?: object };

const keyOf = (user: number, what: string) => `${PREFIX}${user}.${what}`;
// A page that is being left after the log-out keeps nothing more.
const forgotten = new Set<number>();

function read<Part extends object>(store: Storage, key: string): Partial<Part> {
  try {
    return JSON.parse(store.getItem(key) ?? '{}') as Part;
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

// Null where there is none.
export function readDraft(user: number, what: string): FoundDraft | null {
  const { apart = [], was = {}, etag = '', ...kept } = read<Kept>(localStorage, keyOf(user, what));
  const { was: wasApart = {}, text = {}, ...keptApart } = read<KeptApart>(sessionStorage, keyOf(user, what));
  const fields = { ...kept, ...keptApart };
  if (Object.keys({ ...fields, ...text }).length === 0) return null;
  return { fields, was: { ...was, ...wasApart }, etag, text, whole: apart.every((field) => field in fields) };
}

export function keepDraft(user: number, what: string, { fields, was = {}, etag, text = {} }: Draft): void {
  if (forgotten.has(user)) return;
  const isPrivate = (field: string) => (PRIVATE as readonly string[]).includes(field);
  const part = (of: Fields, wanted: boolean) => Object.fromEntries(Object.entries(of).filter(([field]) => isPrivate(field) === wanted));
  const unlessEmpty = (name: string, value: object) => (Object.keys(value).length ? { [name]: value } : {});
  const apart = Object.keys(part(fields, true));
  const version = etag && Object.keys(fields).length ? { etag } : {};
  write(localStorage, keyOf(user, what), { ...part(fields, false), ...unlessEmpty('was', part(was, false)), ...version, ...unlessEmpty('apart', apart) });
  write(sessionStorage, keyOf(user, what), { ...part(fields, true), ...unlessEmpty('was', part(was, true)), ...unlessEmpty('text', text) });
}

export function dropDraft(user: number, what: string): void {
  keepDraft(user, what, { fields: {} });
}

// Whether somebody else changed meanwhile what the draft changes.
export function isOverTheirs({ was }: FoundDraft, now: TaskDefinition): boolean {
  return (Object.keys(was) as Field[]).some((field) => !sameValue(was[field], now[field]));
}

// All drafts of that user, and those of older versions, which belonged to nobody.
export function forgetDrafts(user: number): void {
  forgotten.add(user);
  for (const store of [localStorage, sessionStorage]) {
    const keys = Array.from({ length: store.length }, (_, place) => store.key(place)!);
    for (const key of keys) {
      if (key.startsWith(`${PREFIX}${user}.`) || key.startsWith(`${PREFIX}task.`)) store.removeItem(key);
    }
  }
}
