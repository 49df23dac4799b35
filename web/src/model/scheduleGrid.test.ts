import { describe, expect, it } from 'vitest';
import { cronOfGrid, DEFAULT_GRID, gridOfCron } from './scheduleGrid';

describe('the choice grid', () => {
  it.each(['* * * * *', '*/5 * * * *', '20 * * * *', '30 9 * * *', '0 9 * * 1,3,5', '0 9 * * 0', '15 2 31 * *', '@every 45m', '@every 90m'])(
    '%s reads and writes back the same',
    (cron) => expect(cronOfGrid(gridOfCron(cron)!)).toBe(cron),
  );
  it.each(['@daily', '0 9 1 1 *', '0 9 L * *', '0 9 1 * 1', '0 9-17 * * *', '*/5 2 * * *', '0 0 9 * * *', '61 * * * *', '*/45 * * * *', '*/0 * * * *', '@every 1h', ''])(
    '%s is more than it can say',
    (cron) => expect(gridOfCron(cron)).toBeNull(),
  );
  it.each([
    [1, '* * * * *'],
    [15, '*/15 * * * *'],
    [45, '@every 45m'],
    [60, '0 * * * *'],
    [90, '@every 90m'],
    [120, '0 */2 * * *'],
  ])('every %d minutes is exactly that', (every, cron) => expect(cronOfGrid({ ...DEFAULT_GRID, kind: 'minutes', every })).toBe(cron));
  it('says nothing where something is missing', () => {
    expect(cronOfGrid({ ...DEFAULT_GRID, kind: 'weekly', days: [] })).toBeNull();
    const emptied = null as unknown as number;
    expect(cronOfGrid({ ...DEFAULT_GRID, kind: 'minutes', every: emptied })).toBeNull();
    expect(cronOfGrid({ ...DEFAULT_GRID, kind: 'daily', hour: emptied })).toBeNull();
    expect(cronOfGrid({ ...DEFAULT_GRID, kind: 'daily', day: emptied })).toBe('0 9 * * *');
  });
});
