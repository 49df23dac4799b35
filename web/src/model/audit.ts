// What an entry of the audit changed, told field by field.
export interface AuditEntry {
  id: number;
  at: string;
  actor: string;
  address: string;
  action: string;
  // "task:83", "user:ada"
  object: string;
  before: unknown;
  after: unknown;
}
export interface FieldChange {
  field: string;
  before: unknown;
  after: unknown;
}

// What can have been done, as the server names it.
export const ACTIONS = [
  'access.denied',
  'audit.rows_missing',
  'auth.login',
  'auth.login_failed',
  'auth.logout',
  'auth.register',
  'auth.renew',
  'auth.second_factor_failed',
  'auth.session_end',
  'auth.sessions_end',
  'invite.create',
  'second_factor.off',
  'second_factor.on',
  'second_factor.reset',
  'secret.create',
  'secret.delete',
  'secret.replace',
  'secret.rotate_key',
  'task.backfill',
  'task.cancel',
  'task.cleanup',
  'task.create',
  'task.delete',
  'task.pause',
  'task.restore',
  'task.resume',
  'task.retry',
  'task.run',
  'task.update',
  'token.create',
  'token.revoke',
  'user.create',
  'user.delete',
  'user.first_password',
  'user.password',
  'user.update',
] as const;

// They follow from the change itself, or are told beside it.
const BOOKKEEPING = new Set(['execution_id', 'execution_ids', 'id', 'created_at', 'updated_at', 'updated_by', 'created_by', 'next_run_at', 'next_due_at', 'revision']);

type Fields = Record<string, unknown>;
const fieldsOf = (value: unknown): Fields | null => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null);
const isEmpty = (value: unknown) =>
  value === undefined || value === null || value === '' || value === false || (typeof value === 'object' && Object.keys(value).length === 0);
const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b) || (isEmpty(a) && isEmpty(b));

// The fields that differ; of what was made or deleted, those that say something.
export function changesOf({ before, after }: Pick<AuditEntry, 'before' | 'after'>): FieldChange[] {
  const from = fieldsOf(before) ?? {};
  const to = fieldsOf(after) ?? {};
  const ofRun = runsOf({ after }).length > 0;
  return [...new Set([...Object.keys(from), ...Object.keys(to)])]
    .filter((field) => !BOOKKEEPING.has(field) && !(ofRun && field === 'name') && !same(from[field], to[field]))
    .map((field) => ({ field, before: from[field], after: to[field] }));
}

// The executions that it happened to, or that it made: of what is done to runs.
export function runsOf({ after }: Pick<AuditEntry, 'after'>): number[] {
  const { execution_id, execution_ids } = fieldsOf(after) ?? {};
  return [execution_id, ...(Array.isArray(execution_ids) ? execution_ids : [])].filter((id) => typeof id === 'number');
}

// What it happened to, by name where the entry has one.
export function nameOf({ before, after }: Pick<AuditEntry, 'before' | 'after'>): string | null {
  const name = fieldsOf(after)?.name ?? fieldsOf(before)?.name;
  return typeof name === 'string' && name !== '' ? name : null;
}

// The names of those that have one, each with the object that bears it: the newest entry comes first, and tells.
export function objectsByName(entries: AuditEntry[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const entry of entries) {
    const name = nameOf(entry);
    if (name !== null && !found.has(name)) found.set(name, entry.object);
  }
  return found;
}

// Who or what is meant by what was typed, which may be a name, in letters of either case; null while it is only the
// beginning of something known, so that more is to come.
export function meant(typed: string, known: Map<string, string>): string | null {
  const words = typed.trim();
  const lower = words.toLowerCase();
  const names = [...known.keys()];
  const alike = known.has(words) ? words : names.find((name) => name.toLowerCase() === lower);
  if (alike !== undefined) return known.get(alike)!;
  return words && names.some((name) => name.toLowerCase().startsWith(lower)) ? null : words;
}
// Whether an entry fits what was typed so far of who did it, and on what.
export function fits(entry: AuditEntry, actor: string, object: string): boolean {
  const begins = (text: string | null, typed: string) => (text ?? '').toLowerCase().startsWith(typed.trim().toLowerCase());
  return begins(entry.actor, actor) && (begins(entry.object, object) || begins(nameOf(entry), object));
}
