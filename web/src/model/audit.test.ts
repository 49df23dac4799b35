import { describe, expect, it } from 'vitest';
import { changesOf, nameOf } from './audit';

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
  it('has the name that the object has now, or had', () => {
    expect(nameOf({ before: task, after: { ...task, name: 'weekly' } })).toBe('weekly');
    expect(nameOf({ before: task, after: null })).toBe('nightly');
    expect(nameOf({ before: null, after: { username: 'ada' } })).toBeNull();
  });
});
