import { describe, expect, it } from 'vitest';
import { knownZone, offsetMinutes, shiftsOf, shortMoment } from './zones';

describe('offsets', () => {
  it.each([
    ['2026-01-01T00:00:00Z', 'America/New_York', -300],
    ['2026-07-01T00:00:00Z', 'America/New_York', -240],
    ['2026-03-08T07:00:00Z', 'America/New_York', -240],
    ['2026-01-01T00:00:00.500Z', 'Asia/Kolkata', 330],
    ['2026-01-01T00:00:00Z', 'nowhere', 0],
  ])('at %s in %s: %d', (at, zone, minutes) => expect(offsetMinutes(Date.parse(at), zone)).toBe(minutes));
  it('an unknown zone is UTC', () => expect(knownZone('Mars/Olympus')).toBe('UTC'));
  it('change in the night in which the clock is set', () =>
    expect(shiftsOf(['2026-03-28T01:30:00Z', '2026-03-29T01:00:00Z', '2026-03-30T00:30:00Z'].map(Date.parse), 'Europe/Berlin')).toEqual([false, true, false]));
});

describe('a short moment', () => {
  const now = new Date(2026, 6, 1, 12).getTime();
  it('of this year has its day of the week', () => expect(shortMoment(new Date(2026, 6, 3, 9).getTime(), now, 'en')).toBe('Fri 3 Jul, 09:00'));
  it.each([
    ['en', '1 Jan 2027, 09:00'],
    ['zh', '2027年1月1日 09:00'],
  ])('of another year has that instead: %s', (locale, text) => expect(shortMoment(new Date(2027, 0, 1, 9).getTime(), now, locale)).toBe(text));
});
