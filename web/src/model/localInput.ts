// An instant as a field for a date and time shows it, by the clock of the reader's zone, and back.
import { offsetMinutes } from './zones';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const MINE = Intl.DateTimeFormat().resolvedOptions().timeZone;

export function localOf(iso: string | null, zone = MINE): string {
  if (!iso) return '';
  const at = Date.parse(iso);
  return new Date(at + offsetMinutes(at, zone) * MINUTE_MS).toISOString().slice(0, 19);
}

// What the field says now; `was` as long as it says the same, since a clock that is set back shows two instants alike,
// and a field no parts of a second.
export function instantOf(local: string, was: string | null, zone = MINE): string | null {
  if (!local) return null;
  const wall = Date.parse(`${local}Z`);
  const iso = (offset: number) => new Date(wall - offset * MINUTE_MS).toISOString();
  const [before, after] = [wall - DAY_MS, wall + DAY_MS].map((near) => iso(offsetMinutes(near, zone))) as [string, string];
  const shown = new Date(wall).toISOString().slice(0, 19);
  if (localOf(was, zone) === shown) return was;
  return localOf(after, zone) === shown && localOf(before, zone) !== shown ? after : before;
}
