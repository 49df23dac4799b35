import { describe, expect, it } from 'vitest';
import { change, DEFAULT_QUERY, matches, readTaskQuery, writeTaskQuery } from './taskQuery';

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
  it('knows what a search and a tag would show', () => {
    const task = { name: 'Nightly', command: 'true', description: '', tags: ['ops'], http: null };
    expect(matches(task, { search: 'NIGHT', tag: 'ops' })).toBe(true);
    expect(matches(task, { search: 'op', tag: '' })).toBe(true);
    expect(matches(task, { search: '', tag: 'op' })).toBe(false);
    expect(matches(task, { search: 'day', tag: '' })).toBe(false);
  });
  it('goes back to page 1 when anything else changes', () => {
    expect(change({ ...DEFAULT_QUERY, page: 7 }, { search: 'x' }).page).toBe(1);
    expect(change({ ...DEFAULT_QUERY, page: 7 }, { page: 8 }).page).toBe(8);
  });
});
