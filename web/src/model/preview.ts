// Which fires of an expression a task has that starts and ends at a time.
const SECOND_MS = 1000;

// Fires are asked for after an instant, and one at the start itself counts.
export function firesAfter(startsAt: string | null, now: number): string | undefined {
  const start = startsAt === null ? NaN : Math.ceil(Date.parse(startsAt) / SECOND_MS) * SECOND_MS;
  return start > now ? new Date(start - SECOND_MS).toISOString() : undefined;
}
export function firesUntil(fires: string[], endsAt: string | null): string[] {
  return endsAt === null ? fires : fires.filter((fire) => Date.parse(fire) <= Date.parse(endsAt));
}
// Whether the expression hashes a field from the task's name.
export const isHashed = (cron: string) => /(^|[\s,])H(?=$|[\s,(/])/i.test(cron);
