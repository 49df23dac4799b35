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

// For each time, whether the zone's clock was set forward or back since the one before.
export function shiftsOf(times: number[], zone: string): boolean[] {
  return times.map((at, index) => index > 0 && offsetMinutes(at, zone) !== offsetMinutes(times[index - 1]!, zone));
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
