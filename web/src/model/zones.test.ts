import { describe, expect, it } from 'vitest';
import { knownZone, offsetMinutes } from './zones';

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
