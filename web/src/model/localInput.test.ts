import { describe, expect, it } from 'vitest';
import { instantOf, localOf } from './localInput';

const NEW_YORK = 'America/New_York';

describe('a date and time of the reader\'s zone', () => {
  it.each([
    ['2026-12-01T00:00:30Z', '2026-11-30T19:00:30'],
    ['2030-01-01T00:00:00Z', '2029-12-31T19:00:00'],
    ['2027-11-07T06:30:00Z', '2027-11-07T01:30:00'],
    ['2027-11-07T05:30:00Z', '2027-11-07T01:30:00'],
    ['2026-07-01T12:00:00.250Z', '2026-07-01T08:00:00'],
  ])('%s is shown as %s and stays what it was', (iso, local) => {
    expect(localOf(iso, NEW_YORK)).toBe(local);
    expect(instantOf(local, iso, NEW_YORK)).toBe(iso);
    // As a browser writes it once it was touched.
    expect(instantOf(local.replace(/:00$/, ''), iso, NEW_YORK)).toBe(iso);
  });
  it.each([
    ['2026-11-30T19:00:31', '2026-12-01T00:00:31.000Z'],
    ['2026-07-01T08:00', '2026-07-01T12:00:00.000Z'],
    // The first of two, and what the gap makes of a time that is not there.
    ['2027-11-07T01:15', '2027-11-07T05:15:00.000Z'],
    ['2027-03-14T02:30', '2027-03-14T07:30:00.000Z'],
    ['2027-03-14T03:00', '2027-03-14T07:00:00.000Z'],
  ])('that is written anew, %s, is %s', (local, iso) => expect(instantOf(local, '2026-12-01T00:00:30Z', NEW_YORK)).toBe(iso));
  it('that is emptied is none', () => {
    expect(localOf(null)).toBe('');
    expect(instantOf('', '2026-12-01T00:00:30Z')).toBeNull();
  });
});
