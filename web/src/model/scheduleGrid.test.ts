import { describe, expect, it } from 'vitest';
import { cronOfGrid, gridOfCron } from './scheduleGrid';

describe('the choice grid', () => {
  it.each(['* * * * *', '*/5 * * * *', '20 * * * *', '30 9 * * *', '0 9 * * 1,3,5', '0 9 * * 0', '15 2 31 * *'])(
    '%s reads and writes back the same',
    (cron) => expect(cronOfGrid(gridOfCron(cron)!)).toBe(cron),
  );
  it.each(['@daily', '0 9 1 1 *', '0 9 L * *', '0 9 1 * 1', '0 9-17 * * *', '*/5 2 * * *', '0 0 9 * * *', '61 * * * *', ''])(
    '%s is more than it can say',
    (cron) => expect(gridOfCron(cron)).toBeNull(),
  );
});
