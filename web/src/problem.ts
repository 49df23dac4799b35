// What went wrong, as a sentence for the reader.
import { ApiError } from './api/client';
import { t } from './i18n/index.svelte';

export function sayProblem(error: unknown): string {
  if (!(error instanceof ApiError)) return String((error as Error)?.message ?? error);
  if (error.status === 0) return t('problem.unreachable');
  if (error.status === 403) return t('problem.forbidden');
  if (error.status === 429) return t('problem.too_many');
  // What the sentence says already stands once.
  const fields = (error.problem.errors ?? []).filter(({ msg }) => !error.message.includes(msg)).map(({ loc, msg }) => `${loc.slice(1).join('.')}: ${msg}`);
  return [error.message, ...fields].filter(Boolean).join(' · ');
}
