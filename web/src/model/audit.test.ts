import { describe, expect, it } from 'vitest';
import en from '../i18n/en';
import { ACTIONS, changesOf, fits, meant, nameOf, objectsByName, runsOf, type AuditEntry } from './audit';

const task = { id: 83, name: 'nightly', cron: '@daily', tags: ['ops'], env: {}, updated_at: '2026-01-01T00:00:00Z' };

describe('an entry of the audit', () => {
  it('tells the fields that differ, and not what follows from it', () =>
    expect(changesOf({ before: task, after: { ...task, tags: ['ops', 'db'], updated_at: '2026-01-02T00:00:00Z' } })).toEqual([
      { field: 'tags', before: ['ops'], after: ['ops', 'db'] },
    ]));
  it('tells of what was made or deleted all that says something', () => {
    expect(changesOf({ before: null, after: task }).map(({ field }) => field)).toEqual(['name', 'cron', 'tags']);
    expect(changesOf({ before: task, after: null })[1]).toEqual({ field: 'cron', before: '@daily', after: undefined });
  });
  it('tells nothing where nothing was kept', () => expect(changesOf({ before: null, after: 'gone' })).toEqual([]));
  it('names the execution that was run or cancelled, which is no change of the task', () => {
    const run = { before: null, after: { name: 'nightly', execution_id: 60010 } };
    expect(runsOf(run)).toEqual([60010]);
    expect(changesOf(run)).toEqual([]);
    expect(nameOf(run)).toBe('nightly');
    expect(runsOf({ after: { name: 'nightly', execution_ids: [7, 8] } })).toEqual([7, 8]);
    expect(runsOf({ after: task })).toEqual([]);
    expect(changesOf({ before: null, after: { name: 'nightly', execution_id: 9, retry_of: 8 } }).map(({ field }) => field)).toEqual(['retry_of']);
  });
  it('has the name that the object has now, or had', () => {
    expect(nameOf({ before: task, after: { ...task, name: 'weekly' } })).toBe('weekly');
    expect(nameOf({ before: task, after: null })).toBe('nightly');
    expect(nameOf({ before: null, after: { username: 'ada' } })).toBeNull();
  });
});

describe('what is looked for in the audit', () => {
  const entry = (object: string, name: string) => ({ object, before: null, after: { name } }) as AuditEntry;
  const known = objectsByName([entry('task:7', 'nightly'), entry('task:3', 'Nightly'), entry('task:2', 'nightly'), entry('user:ada', '')]);
  it('is everything that has a word', () => {
    const words = Object.keys(en).filter((key) => key.startsWith('audit.did.'));
    expect(ACTIONS.map((action) => `audit.did.${action}`)).toEqual(words);
  });
  it('is an object by its name, the newest of that name', () => {
    expect(meant(' nightly ', known)).toBe('task:7');
    expect(meant('Nightly', known)).toBe('task:3');
    expect(meant('NIGHTLY', known)).toBe('task:7');
  });
  it('is not known yet while it is only begun', () => {
    expect(meant('nigh', known)).toBe(null);
    expect(meant('', known)).toBe('');
    expect(meant('nightlyx', known)).toBe('nightlyx');
  });
  it.each([
    ['', '', true],
    ['AD', '', true],
    ['b', '', false],
    ['', 'night', true],
    ['', 'task:', true],
    ['ada', 'ly', false],
  ])('narrows what is there while it is begun: "%s" on "%s"', (actor, object, does) =>
    expect(fits({ id: 1, at: '', actor: 'ada', address: '', action: 'task.update', object: 'task:3', before: { name: 'Nightly' }, after: { name: 'Nightly' } }, actor, object)).toBe(does));
  it('is otherwise what was typed', () => expect(meant('user:ada', known)).toBe('user:ada'));
});
