// In zones of its own: a process has one, a thread cannot choose it.
import { describe, expect, it } from 'vitest';
import { namesDay, ticks, ZOOMS } from './timeline';
import { calendarOf, hourNames } from './upcoming';

describe('where the clock is changed', () => {
  const clock = (at: number) => `${new Date(at).getDate()} ${String(new Date(at).getHours()).padStart(2, '0')}:${String(new Date(at).getMinutes()).padStart(2, '0')}`;
  it('days begin at midnight before and after', () => {
    process.env.TZ = 'America/New_York';
    for (const month of [2, 10]) {
      const from = new Date(2027, month, month === 2 ? 12 : 5, 10).getTime();
      expect(ticks(from, from + ZOOMS.week, 'week').map((at) => clock(at).slice(-5))).toEqual(Array(7).fill('00:00'));
    }
  });
  it.each([
    [14, 2],
    [7, 10],
  ])('the fourth hours are named by the clock on day %s of month %s', (day, month) => {
    process.env.TZ = 'America/New_York';
    const from = new Date(2027, month, day - 1, 21).getTime();
    expect(ticks(from, from + ZOOMS.day, 'day').map(clock).slice(0, 5)).toEqual(['00:00', '04:00', '08:00', '12:00', '16:00'].map((time) => `${day} ${time}`));
  });
  it('an hour that comes twice has its ticks twice', () => {
    process.env.TZ = 'America/New_York';
    const from = Date.parse('2027-11-07T05:30:00Z');
    expect(ticks(from, from + ZOOMS.hour, 'hour').map(clock)).toEqual(['7 01:30', '7 01:40', '7 01:50', '7 01:00', '7 01:10', '7 01:20']);
  });
  it('a zone of three quarters of an hour has round times', () => {
    process.env.TZ = 'Asia/Kathmandu';
    expect(ticks(0, ZOOMS.day, 'day').every((at) => new Date(at).getMinutes() === 0)).toBe(true);
    expect(ticks(0, ZOOMS.hour, 'hour').every((at) => new Date(at).getMinutes() % 10 === 0)).toBe(true);
  });
  it('the date is said first, and where another begins', () => {
    process.env.TZ = 'UTC';
    const all = ticks(Date.parse('2026-01-30T18:00Z'), Date.parse('2026-01-31T18:00Z'), 'day');
    expect(all.filter((_, index) => namesDay(all, index)).map(clock)).toEqual(['30 20:00', '31 00:00']);
  });
});

describe('the calendar of a night on which the clock is changed', () => {
  // One fire an hour from a minute after midnight on.
  const calendar = (zone: string, year: number, month: number, day: number, days = 1) => {
    process.env.TZ = zone;
    const from = new Date(year, month, day, 0, 1).getTime();
    const counts = Array.from({ length: days * 24 }, (_, index) => ({ hour: new Date((Math.floor(from / 3_600_000) + index) * 3_600_000).toISOString(), count: 1 }));
    return { all: calendarOf(counts, from, days), counted: counts.length };
  };
  const sum = (days: ReturnType<typeof calendarOf>) => days.flatMap(({ hours, again }) => [...hours, ...again]).reduce((total, hour) => total + (hour?.count ?? 0), 0);

  it('has no cell for the hour that is left out', () => {
    const { all, counted } = calendar('America/New_York', 2027, 2, 14);
    expect(all[0]!.hours.map((hour) => hour?.count ?? null).slice(0, 5)).toEqual([1, 1, null, 1, 1]);
    expect(new Set(all.flatMap(({ hours }) => hours.map((hour) => hour?.at)).filter(Boolean)).size).toBe(all.length * 24 - 1);
    expect(sum(all)).toBe(counted);
  });
  it('has two for the hour that comes twice', () => {
    const { all, counted } = calendar('America/New_York', 2027, 10, 7);
    expect(all[0]!.again).toEqual([{ at: Date.parse('2027-11-07T06:00Z'), count: 1, hour: 1 }]);
    expect(all[0]!.hours[1]!.at).toBe(Date.parse('2027-11-07T05:00Z'));
    expect(sum(all)).toBe(counted);
  });
  it('loses none where it is changed by half an hour', () => {
    for (const [month, day] of [[3, 4], [9, 3]] as const) {
      const { all, counted } = calendar('Australia/Lord_Howe', 2027, month, day, 7);
      expect(sum(all)).toBe(counted);
    }
  });
  it('goes by the half hour where the zone does, under names that say so', () => {
    const { all, counted } = calendar('Asia/Kolkata', 2026, 10, 27, 7);
    expect(sum(all)).toBe(counted);
    for (const { hours } of all.slice(1)) for (const [hour, cell] of hours.entries()) expect(new Date(cell!.at).toString()).toContain(`${String(hour).padStart(2, '0')}:30:00`);
    expect(hourNames(all).slice(0, 2)).toEqual(['00:30', '01:30']);
    // What comes until half past midnight stands at the end of the day before.
    expect(new Date(all[0]!.at).getDate()).toBe(26);
    expect(all[0]!.hours[23]!.count).toBe(1);
  });
  it('has whole names where the hours are whole', () => expect(hourNames(calendar('UTC', 2026, 0, 1).all)[23]).toBe('23'));
});
