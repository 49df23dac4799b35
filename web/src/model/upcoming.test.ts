import { describe, expect, it } from 'vitest';
import { calendarOf } from './upcoming';

describe('the hours to come', () => {
  it('stand in a calendar, a day a row by the own clock', () => {
    const noon = new Date(2026, 0, 1, 12, 30);
    const hour = new Date(2026, 0, 1, 12).toISOString();
    const [first, second] = calendarOf([{ hour, count: 3 }], noon.getTime(), 1);
    expect(first!.hours[12]!.count).toBe(3);
    expect(first!.hours.reduce((sum, { count }) => sum + count, 0)).toBe(3);
    expect(second!.at).toBe(new Date(2026, 0, 2).getTime());
  });
});
