// What went wrong, as a sentence for the reader.
import { ApiError, NO_ANSWER, PATIENCE_MS } from './api/client';
import { said, t, tOr } from './i18n/index.svelte';

// The router's own words; what else is refused says more than the role.
const NOT_THE_ROLE = ') may not do this';

const nameOf = ([, ...path]: (string | number)[]) => tOr(`field.${path[0]}`, path.join('.'));

export function sayProblem(error: unknown): string {
  if (!(error instanceof ApiError)) return String((error as Error)?.message ?? error);
  if (error.status === 0 && error.message === NO_ANSWER) return t('problem.no_answer', { seconds: PATIENCE_MS / 1000 });
  if (error.status === 0) return t('problem.unreachable');
  if (error.status === 403 && error.message.includes(NOT_THE_ROLE)) return t('problem.forbidden');
  if (error.status === 429) return t('problem.too_many');
  const fields = error.problem.errors?.filter(({ loc }) => loc.length > 1) ?? [];
  // What the detail says of the first field stands among the fields too.
  if (fields.length === 0) return said(error.message);
  return fields.map(({ loc, msg }) => t('problem.field', { field: nameOf(loc), problem: said(msg) })).join(' · ');
}
