// The fields of a task that its form shows as text: lists, numbers, variables, and local times.
import type { TaskDefinition } from '../api/types';
import { noNumberIn, readList, readNumbers } from './definition';
import { instantOf, localOf } from './localInput';
import { printNamed, readNamed, type Unread } from './namedValues';

export interface FormText {
  tags: string;
  env: string;
  secrets: string;
  secret_files: string;
  codes: string;
  headers: string;
  expect: string;
  starts: string;
  ends: string;
}
type TextField = 'env' | 'secrets' | 'secret_files' | 'headers' | 'success_exit_codes' | 'expect_status';
const TEXT_OF: Record<TextField, keyof FormText> = { env: 'env', secrets: 'secrets', secret_files: 'secret_files', headers: 'headers', success_exit_codes: 'codes', expect_status: 'expect' };
const TEXT_FIELDS = Object.keys(TEXT_OF) as TextField[];

export function textOf(definition: TaskDefinition): FormText {
  return {
    tags: definition.tags.join(', '),
    env: printNamed(definition.env),
    secrets: printNamed(definition.secrets),
    secret_files: printNamed(definition.secret_files),
    codes: definition.success_exit_codes.join(', '),
    headers: printNamed(definition.http?.headers ?? {}, ':'),
    expect: (definition.http?.expect_status ?? []).join(', '),
    starts: localOf(definition.starts_at),
    ends: localOf(definition.ends_at),
  };
}

export interface ReadForm {
  written: TaskDefinition;
  // What stands in a field and is no part of what is written: it is never sent as if it were not there.
  unread: Partial<Record<string, Unread>>;
}
// `form`: what the texts were made from, and the fields that are no text.
export function readForm(form: TaskDefinition, text: FormText): ReadForm {
  const { http } = form;
  const named = {
    env: readNamed(text.env, form.env),
    secrets: readNamed(text.secrets, form.secrets),
    secret_files: readNamed(text.secret_files, form.secret_files),
    headers: readNamed(http ? text.headers : '', http?.headers, ':'),
  };
  const numberless = (list: string): Unread | null => {
    const part = noNumberIn(list);
    return part === undefined ? null : { problem: 'number', line: 1, text: part };
  };
  const problems: Record<TextField, Unread | null> = {
    env: named.env.unread,
    secrets: named.secrets.unread,
    secret_files: named.secret_files.unread,
    headers: named.headers.unread,
    success_exit_codes: numberless(text.codes),
    expect_status: http ? numberless(text.expect) : null,
  };
  return {
    written: {
      ...form,
      tags: readList(text.tags),
      env: named.env.values,
      secrets: named.secrets.values,
      secret_files: named.secret_files.values,
      success_exit_codes: readNumbers(text.codes),
      starts_at: instantOf(text.starts, form.starts_at),
      ends_at: instantOf(text.ends, form.ends_at),
      http: http ? { ...http, headers: named.headers.values, expect_status: readNumbers(text.expect) } : null,
      command: http ? '' : form.command,
    },
    unread: Object.fromEntries(Object.entries(problems).filter(([, problem]) => problem)) as ReadForm['unread'],
  };
}

// The texts of the fields that cannot be read, to be kept as they stand; and the fields of such texts.
export function unreadTexts({ unread }: ReadForm, text: FormText): Partial<FormText> {
  return Object.fromEntries(TEXT_FIELDS.filter((field) => unread[field]).map((field) => [TEXT_OF[field], text[TEXT_OF[field]]]));
}
export function fieldsOfTexts(texts: object): string[] {
  return TEXT_FIELDS.filter((field) => TEXT_OF[field] in texts);
}
