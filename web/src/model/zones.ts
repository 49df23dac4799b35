// Time zones, by the browser's own tables.
import { localTime } from './time';

const formats = new Map<string, Intl.DateTimeFormat>();
function cached(key: string, make: () => Intl.DateTimeFormat): Intl.DateTimeFormat {
  let format = formats.get(key);
  if (!format) formats.set(key, (format = make()));
  return format;
}

// A zone that the browser does not know is shown as UTC rather than as an error.
const known = new Map<string, string>();
export function knownZone(zone: string): string {
  let name = known.get(zone);
  if (name === undefined) {
    try {
      new Intl.DateTimeFormat('en', { timeZone: zone });
      name = zone;
    } catch {
      name = 'UTC';
    }
    known.set(zone, name);
  }
  return name;
}

// Minutes east of UTC at that instant.
export function offsetMinutes(at: number, zone: string): number {
  const name = knownZone(zone);
  const parts = Object.fromEntries(
    cached(`o${name}`, () =>
      new Intl.DateTimeFormat('en', { timeZone: name, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' }),
    )
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const wall = Date.UTC(parts.year!, parts.month! - 1, parts.day!, parts.hour!, parts.minute!, parts.second!);
  return Math.round((wall - Math.floor(at / 1000) * 1000) / 60000);
}

export function weekdayMoment(at: number, locale: string, zone: string): string {
  const name = knownZone(zone);
  return cached(`w${locale}${name}`, () =>
    new Intl.DateTimeFormat(locale, { timeZone: name, hourCycle: 'h23', weekday: 'short', year: 'numeric', month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit' }),
  ).format(at);
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const LONGEST_SHIFT_MS = 3 * 3_600_000;

// Whether a clock there shows that time twice, as it is set back.
function isRepeated(at: number, zone: string): boolean {
  const offset = offsetMinutes(at, zone);
  const [before, after] = [offsetMinutes(at - LONGEST_SHIFT_MS, zone), offsetMinutes(at + LONGEST_SHIFT_MS, zone)];
  const shows = (other: number) => offsetMinutes(at + (offset - other) * MINUTE_MS, zone) === other;
  return (before > offset && shows(before)) || (after < offset && shows(after));
}

// For each time, whether its clock is set in a way that concerns it: it is the first one of that day after it, such as
// one that stood in the hour which is left out, or stands in the hour which comes twice. `since`: what lies before the
// first time.
export function shiftsOf(times: number[], zone: string, since: number): boolean[] {
  return times.map((at, index) => {
    const offset = offsetMinutes(at, zone);
    const wall = at + offset * MINUTE_MS;
    const midnight = at - (wall - Math.floor(wall / DAY_MS) * DAY_MS);
    const before = Math.max(midnight - 1, index > 0 ? times[index - 1]! : since);
    return offsetMinutes(before, zone) !== offset || isRepeated(at, zone);
  });
}

// As short as it can be without doubt: seconds and the year only where they say something. By the browser's own zone
// where none is given; a year then stands for the day of the week, as a column has room for one of them.
export function shortMoment(at: number, now: number, locale: string, zone?: string): string {
  const seconds = Math.floor(at / 1000) % 60 !== 0;
  if (zone === undefined) {
    const other = new Date(at).getFullYear() !== new Date(now).getFullYear();
    return localTime(at, locale, { seconds, day: true, weekday: !other, year: other });
  }
  const name = knownZone(zone);
  const year = (time: number) => cached(`y${name}`, () => new Intl.DateTimeFormat('en', { timeZone: name, year: 'numeric' })).format(time);
  const other = year(at) !== year(now);
  return cached(`s${locale}${name}${seconds}${other}`, () =>
    new Intl.DateTimeFormat(locale, {
      timeZone: name,
      hourCycle: 'h23',
      weekday: 'short',
      month: 'short',
      day: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
      ...(seconds ? { second: '2-digit' } : {}),
      ...(other ? { year: 'numeric' } : {}),
    }),
  ).format(at);
}
