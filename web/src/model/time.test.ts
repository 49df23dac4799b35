import { describe, expect, it } from 'vitest';
import { duration, moment, relative } from './time';

describe('duration', () => {
  it.each([
    [0, '0 ms'],
    [999, '999 ms'],
    [1000, '1.0 s'],
    [9999, '9.9 s'],
    [10_000, '10 s'],
    [59_999, '59 s'],
    [60_000, '1 m 00 s'],
    [3_599_000, '59 m 59 s'],
    [3_600_000, '1 h 00 m'],
    [86_400_000, '1 d 0 h'],
    [-5, '0 ms'],
  ])('%d ms is shown as %s', (ms, text) => expect(duration(ms)).toBe(text));
});

describe('relative', () => {
  const now = Date.UTC(2026, 0, 1, 12);
  // The unit's abbreviation is the browser's; the number and the direction are ours.
  it.each([
    [0, /^now$/],
    [59_999, /^in 59 ?s/],
    [60_000, /^in 1 ?m/],
    [119_999, /^in 1 ?m/],
    [-3_600_000, /^1 ?h.* ago$/],
    [3 * 86_400_000, /^in 3 ?d/],
  ])('%d ms from now is %s', (offset, text) => expect(relative(now + offset, now, 'en-GB')).toMatch(text));
  it('speaks Chinese', () => expect(relative(now + 180_000, now, 'zh-CN')).toContain('3分钟'));
});

describe('moment', () => {
  const now = Date.UTC(2026, 0, 15, 12);
  it('leaves out the day of today', () => expect(moment(now + 60_000, now, 'en-GB', 'UTC')).toBe('12:01:00'));
  it('names another day', () => expect(moment(now + 86_400_000, now, 'en-GB', 'UTC')).toContain('16 Jan'));
  it('names another year', () => expect(moment(now + 365 * 86_400_000, now, 'en-GB', 'UTC')).toContain('2027'));
});
