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

// They follow from the change itself.
const BOOKKEEPING = new Set(['id', 'created_at', 'updated_at', 'updated_by', 'created_by', 'next_run_at', 'next_due_at', 'revision']);

type Fields = Record<string, unknown>;
const fieldsOf = (value: unknown): Fields | null => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null);
const isEmpty = (value: unknown) =>
  value === undefined || value === null || value === '' || value === false || (typeof value === 'object' && Object.keys(value).length === 0);
const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b) || (isEmpty(a) && isEmpty(b));

// The fields that differ; of what was made or deleted, those that say something.
export function changesOf({ before, after }: Pick<AuditEntry, 'before' | 'after'>): FieldChange[] {
  const from = fieldsOf(before) ?? {};
  const to = fieldsOf(after) ?? {};
  return [...new Set([...Object.keys(from), ...Object.keys(to)])]
    .filter((field) => !BOOKKEEPING.has(field) && !same(from[field], to[field]))
    .map((field) => ({ field, before: from[field], after: to[field] }));
}

// What it happened to, by name where the entry has one.
export function nameOf({ before, after }: Pick<AuditEntry, 'before' | 'after'>): string | null {
  const name = fieldsOf(after)?.name ?? fieldsOf(before)?.name;
  return typeof name === 'string' && name !== '' ? name : null;
}
