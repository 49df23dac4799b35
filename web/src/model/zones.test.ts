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
});

describe('a fire is told of a clock that is set', () => {
  const now = '2026-11-27T00:00:00Z';
  it.each([
    ['one moved out of the gap, and neither neighbour', 'Europe/Berlin', ['2026-03-28T01:30:00Z', '2026-03-29T01:00:00Z', '2026-03-30T00:30:00Z'], '2026-03-27T12:00:00Z', [false, true, false]],
    ['one moved out of the gap, though it is the first', 'Europe/Berlin', ['2027-03-28T01:00:00Z', '2028-03-28T00:30:00Z'], now, [true, false]],
    ['one moved out of the gap a year after the one before', 'Europe/Berlin', ['2027-03-30T00:30:00Z', '2028-03-26T01:00:00Z', '2028-03-27T00:30:00Z'], now, [false, true, false]],
    ['one in the hour that comes twice, not the day after', 'Europe/Berlin', ['2027-10-30T00:30:00Z', '2027-10-31T00:30:00Z', '2028-10-29T00:30:00Z', '2028-10-30T01:30:00Z'], now, [false, true, true, false]],
    ['none of a later month', 'Europe/Berlin', ['2027-03-15T08:00:00Z', '2027-04-15T07:00:00Z', '2027-05-15T07:00:00Z'], now, [false, false, false]],
    ['none of the week before', 'Europe/Berlin', ['2030-03-28T01:30:00Z', '2030-03-30T01:30:00Z'], now, [false, false]],
    ['the first of the hours after the gap', 'Europe/Berlin', ['2027-03-28T00:00:00Z', '2027-03-28T01:00:00Z', '2027-03-28T02:00:00Z'], now, [false, true, false]],
    ['both of the hour that comes twice', 'Europe/Berlin', ['2027-10-30T23:00:00Z', '2027-10-31T00:00:00Z', '2027-10-31T01:00:00Z', '2027-10-31T02:00:00Z'], now, [false, true, true, false]],
    ['the one later that day', 'Europe/Berlin', ['2027-03-27T08:00:00Z', '2027-03-28T07:00:00Z', '2027-03-29T07:00:00Z'], now, [false, true, false]],
    ['none where it was set before one asks', 'Europe/Berlin', ['2027-03-28T10:00:00Z'], '2027-03-28T09:30:00Z', [false]],
    ['one moved over midnight', 'Asia/Beirut', ['2027-03-26T22:30:00Z', '2027-03-27T22:00:00Z', '2027-03-28T21:30:00Z'], now, [false, true, false]],
    ['none where no clock is set', 'UTC', ['2027-03-28T01:00:00Z'], now, [false]],
  ])('%s', (_, zone, fires, since, marks) => expect(shiftsOf(fires.map(Date.parse), zone, Date.parse(since))).toEqual(marks));
});

describe('a short moment', () => {
  const now = new Date(2026, 6, 1, 12).getTime();
  it('of this year has its day of the week', () => expect(shortMoment(new Date(2026, 6, 3, 9).getTime(), now, 'en')).toBe('Fri 3 Jul, 09:00'));
  it.each([
    ['en', '1 Jan 2027, 09:00'],
    ['zh', '2027年1月1日 09:00'],
  ])('of another year has that instead: %s', (locale, text) => expect(shortMoment(new Date(2027, 0, 1, 9).getTime(), now, locale)).toBe(text));
});
