import { describe, expect, it } from 'vitest';
import { bodyOf, changedFields, changesOfBoth, DEFAULTS, definitionOf, noNumberIn, readList, readNumbers } from './definition';

describe('a definition', () => {
  it('is sent without what stands at its default', () =>
    expect(bodyOf({ ...DEFAULTS, name: 'a', cron: '@daily', command: 'x', timeout_s: 5 })).toEqual({ name: 'a', cron: '@daily', command: 'x', timeout_s: 5 }));
  it('of an HTTP task is sent without a command', () =>
    expect(bodyOf({ ...DEFAULTS, name: 'a', cron: '@daily', http: { method: 'GET', url: 'http://x', headers: {}, body: '', expect_status: [] } })).not.toHaveProperty('command'));
  it('takes defaults for what is left out', () => expect(definitionOf({ name: 'a' })).toEqual({ ...DEFAULTS, name: 'a' }));
  it('says who changed what of it, and where both did', () => {
    const base = definitionOf({ name: 'a', command: 'x', tags: ['ops', 'db'], cron: '@daily', timezone: '' });
    const mine = { ...base, command: 'mine', cron: '@hourly', timezone: 'UTC' };
    const theirs = { ...base, tags: ['ops'], cron: '@weekly', timezone: 'UTC' };
    expect(changesOfBoth(base, mine, theirs)).toEqual([
      { field: 'cron', byMe: true, byThem: true, conflict: true },
      { field: 'timezone', byMe: true, byThem: true, conflict: false },
      { field: 'command', byMe: true, byThem: false, conflict: false },
      { field: 'tags', byMe: false, byThem: true, conflict: false },
    ]);
    expect(changesOfBoth(base, base, base)).toEqual([]);
  });
  it('says which fields differ, nested ones too', () => {
    const other = definitionOf({});
    other.retry.max_attempts = 3;
    expect(changedFields(DEFAULTS, other)).toEqual(['retry']);
  });
});

describe('fields as text', () => {
  it('a list drops blanks and doubles', () => expect(readList('a, b,,a，c')).toEqual(['a', 'b', 'c']));
  it('numbers tell what is none', () => {
    expect(readNumbers('0, 3 4')).toEqual([0, 3, 4]);
    expect(noNumberIn('0, 3 4')).toBeUndefined();
    expect(noNumberIn('0, 3 x 4')).toBe('x');
  });
});
