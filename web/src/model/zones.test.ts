import { describe, expect, it } from 'vitest';
import { knownZone, offsetMinutes, shiftsOf } from './zones';

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
