// Fires to come, by hour, and where several tasks fire in the same second.
import type { Fire } from '../api/types';

const HOUR_MS = 3_600_000;

export function byHour(fires: Fire[]): { at: number; fires: Fire[] }[] {
  const hours = new Map<number, Fire[]>();
  for (const fire of fires) {
    const hour = Math.floor(Date.parse(fire.scheduled_at) / HOUR_MS) * HOUR_MS;
    const list = hours.get(hour);
    if (list) list.push(fire);
    else hours.set(hour, [fire]);
  }
  return [...hours].map(([at, list]) => ({ at, fires: list })).sort((a, b) => a.at - b.at);
}

// Most crowded first.
export function collisions(fires: Fire[]): { at: number; names: string[] }[] {
  const seconds = new Map<number, string[]>();
  for (const fire of fires) {
    const at = Math.floor(Date.parse(fire.scheduled_at) / 1000) * 1000;
    seconds.set(at, [...(seconds.get(at) ?? []), fire.task_name]);
  }
  return [...seconds]
    .filter(([, names]) => new Set(names).size > 1)
    .map(([at, names]) => ({ at, names }))
    .sort((a, b) => b.names.length - a.names.length || a.at - b.at);
}

export interface Day {
  at: number;
  hours: { at: number; count: number }[];
}
// A row a day and a cell an hour, by the reader's own clock, from the hour of the beginning on.
export function calendarOf(fires: Fire[], from: number, days: number): Day[] {
  const counts = new Map(byHour(fires).map((hour) => [hour.at, hour.fires.length]));
  const start = new Date(from);
  return Array.from({ length: days + 1 }, (_, index) => {
    const at = new Date(start.getFullYear(), start.getMonth(), start.getDate() + index).getTime();
    const hours = Array.from({ length: 24 }, (_, hour) => {
      const time = new Date(at);
      time.setHours(hour);
      const key = Math.floor(time.getTime() / HOUR_MS) * HOUR_MS;
      return { at: key, count: counts.get(key) ?? 0 };
    });
    return { at, hours };
  });
}
