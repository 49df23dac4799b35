import { describe, expect, it } from 'vitest';
import { byHour, calendarOf, collisions } from './upcoming';

const fire = (task_name: string, scheduled_at: string) => ({ task_id: 1, task_name, scheduled_at });

describe('fires to come', () => {
  it('stand by hour', () =>
    expect(byHour([fire('a', '2026-01-01T00:10:00Z'), fire('b', '2026-01-01T01:00:00Z'), fire('c', '2026-01-01T00:59:59Z')]).map(({ fires }) => fires.length)).toEqual([2, 1]));
  it('collide where different tasks fire in the same second', () =>
    expect(collisions([fire('a', '2026-01-01T00:00:00Z'), fire('b', '2026-01-01T00:00:00.000Z'), fire('c', '2026-01-01T00:00:01Z')]).map(({ names }) => names)).toEqual([['a', 'b']]));
  it('stand in a calendar, a day a row by the own clock', () => {
    const noon = new Date(2026, 0, 1, 12, 30);
    const [first, second] = calendarOf([fire('a', noon.toISOString())], noon.getTime(), 1);
    expect(first!.hours[12]!.count).toBe(1);
    expect(first!.hours.reduce((sum, { count }) => sum + count, 0)).toBe(1);
    expect(second!.at).toBe(new Date(2026, 0, 2).getTime());
  });
});
