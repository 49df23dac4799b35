import { describe, expect, it } from 'vitest';
import { firesAfter, firesUntil, isHashed } from './preview';

const NOW = Date.parse('2026-11-27T09:00:00Z');

describe('the fires of a task', () => {
  it.each([
    [null, undefined],
    ['2021-01-01T00:00:00Z', undefined],
    ['2030-01-01T00:00:00Z', '2029-12-31T23:59:59.000Z'],
    ['2030-01-01T00:00:00.250Z', '2030-01-01T00:00:00.000Z'],
  ])('that starts at %s come after %s', (starts, after) => expect(firesAfter(starts, NOW)).toBe(after));
  it('end with it, and one at the end itself counts', () => {
    const fires = ['2026-11-28T00:00:00Z', '2026-11-29T00:00:00Z', '2026-11-30T00:00:00Z'];
    expect(firesUntil(fires, null)).toEqual(fires);
    expect(firesUntil(fires, '2026-11-29T00:00:00.000Z')).toEqual(fires.slice(0, 2));
    expect(firesUntil(fires, '2021-01-01T00:00:00Z')).toEqual([]);
  });
  it.each([
    ['H H * * *', true],
    ['5,H * * * *', true],
    ['h(0-5)/2 * * * *', true],
    ['H/15 * * * *', true],
    ['0 9 * * THU', false],
    ['@hourly', false],
  ])('%s is hashed from its name: %s', (cron, hashed) => expect(isHashed(cron)).toBe(hashed));
});
