// Figures over the last day, week and month from the server's hourly outcomes.
import type { Stats, StatsHour } from '../api/types';

export type Span = 'day' | 'week' | 'month';
export const SPAN_HOURS: Record<Span, number> = { day: 24, week: 168, month: 720 };
const HOUR_MS = 3_600_000;

export function outcome(hour: StatsHour): { good: number; failed: number } {
  const count = (status: keyof StatsHour['executions']) => hour.executions[status] ?? 0;
  return { good: count('SUCCESS'), failed: count('FAILED') + count('TIMEOUT') + count('LOST') };
}

export function summarize(stats: Pick<Stats, 'by_hour'> | null, span: Span, now: number) {
  let good = 0;
  let failed = 0;
  let lasted = 0;
  for (const hour of stats?.by_hour ?? []) {
    if (Date.parse(hour.hour) < now - SPAN_HOURS[span] * HOUR_MS) continue;
    const one = outcome(hour);
    good += one.good;
    failed += one.failed;
    lasted += (hour.average_duration_ms ?? 0) * (one.good + one.failed);
  }
  const total = good + failed;
  return {
    total,
    failed,
    // Never rounded up to 100 while something failed.
    rate: total === 0 ? null : failed === 0 ? 100 : Math.min(99.9, Math.round((good / total) * 1000) / 10),
    mean: total === 0 ? null : lasted / total,
  };
}

// Bars of equal width over a span, oldest first.
export function bars(stats: Pick<Stats, 'by_hour'>, span: Span, now: number, count: number) {
  const width = (SPAN_HOURS[span] / count) * HOUR_MS;
  const end = Math.ceil(now / HOUR_MS) * HOUR_MS;
  const result = Array.from({ length: count }, (_, index) => ({ at: end - (count - index) * width, good: 0, failed: 0 }));
  for (const hour of stats.by_hour) {
    const bar = result[Math.floor((Date.parse(hour.hour) - (end - count * width)) / width)];
    if (!bar) continue;
    const one = outcome(hour);
    bar.good += one.good;
    bar.failed += one.failed;
  }
  return result;
}
