import { describe, expect, it } from 'vitest';
import type { Task } from '../api/types';
import { change, DEFAULT_QUERY, matches, readTaskQuery, writeTaskQuery, type TaskQuery } from './taskQuery';

describe('the task list in the address', () => {
  it('is empty for the defaults', () => expect(writeTaskQuery(DEFAULT_QUERY)).toBe(''));
  it.each([
    '',
    '?search=a+%26+b',
    '?status=FAILED&page=3',
    '?tag=nightly&sort=name&order=asc',
    '?page_size=100',
    '?page_size=20',
    '?attention=never_ran',
  ])('%s reads and writes back the same', (text) => expect(writeTaskQuery(readTaskQuery(text))).toBe(text));
  it.each(['?page=0', '?page=-1', '?page=x', '?status=NONE', '?sort=drop', '?page_size=9999'])(
    '%s falls back to the defaults',
    (text) => expect(readTaskQuery(text)).toEqual(DEFAULT_QUERY),
  );
  it('knows what it would show', () => {
    const task = { name: 'Nightly', command: 'true', description: '', tags: ['ops'], http: null, status: 'PAUSED', last_error: 'exit code 3', last_run_at: '2026-01-01T00:00:00Z' } as const;
    const shows = (part: Partial<TaskQuery>, of: Partial<Task> = {}) => matches({ ...task, tags: [...task.tags], ...of }, { ...DEFAULT_QUERY, ...part });
    expect(shows({ search: 'NIGHT', tag: 'ops' })).toBe(true);
    expect(shows({ search: 'op' })).toBe(true);
    expect(shows({ tag: 'op' })).toBe(false);
    expect(shows({ search: 'day' })).toBe(false);
    expect(shows({ attention: 'paused' })).toBe(true);
    expect(shows({ attention: 'paused' }, { last_error: null })).toBe(false);
    expect(shows({ attention: 'never_ran' })).toBe(false);
    expect(shows({ attention: 'never_ran' }, { status: 'ACTIVE', last_run_at: null })).toBe(true);
  });
  it('goes back to page 1 when anything else changes', () => {
    expect(change({ ...DEFAULT_QUERY, page: 7 }, { search: 'x' }).page).toBe(1);
    expect(change({ ...DEFAULT_QUERY, page: 7 }, { page: 8 }).page).toBe(8);
  });
});
