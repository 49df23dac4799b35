// The value of a task's field as a reader wants it: policies in words, secrets hidden unless they are asked for.
import type { TaskDefinition } from './api/types';
import { t, tOr } from './i18n/index.svelte';
import { printValue, type Field } from './model/definition';
import type { Sign, Unread } from './model/namedValues';
import { shownEnv, shownUrl } from './model/secrets';
import { taskNames } from './live/taskNames.svelte';
import { bytes } from './model/execution';
import { interval } from './i18n/lengths';

const SECOND_MS = 1000;
const names = (ids: number[]) => printValue(ids.map((id) => taskNames.words(id)));

export function valueInWords(field: Field, value: TaskDefinition[Field] | undefined, reveal = false): string {
  if (value === undefined || value === null) return printValue(value);
  switch (field) {
    case 'env':
      return printValue(reveal ? value : shownEnv(value as TaskDefinition['env']));
    case 'http': {
      const call = value as NonNullable<TaskDefinition['http']>;
      const headers = reveal ? call.headers : shownEnv(call.headers);
      return [`${call.method} ${reveal ? call.url : shownUrl(call.url)}`, printValue(headers), call.body].filter((part) => part && part !== '–').join('\n');
    }
    case 'overlap':
    case 'kill_mode':
      return tOr(`${field}.${value as string}`, String(value));
    case 'misfire': {
      const { policy, window_s } = value as TaskDefinition['misfire'];
      return `${tOr(`misfire.${policy}`, policy)} (${interval(window_s * SECOND_MS)})`;
    }
    case 'retry': {
      const retry = value as TaskDefinition['retry'];
      if (retry.max_attempts <= 1) return t('form.no_retry');
      return t('retry.words', {
        count: retry.max_attempts,
        first: interval(retry.initial_delay_s * SECOND_MS),
        factor: retry.factor,
        longest: interval(retry.max_delay_s * SECOND_MS),
        spread: Math.round(retry.jitter * 100),
      });
    }
    case 'limits': {
      const limits = value as TaskDefinition['limits'];
      const words: Partial<Record<keyof typeof limits, (limit: number) => string>> = {
        memory_bytes: bytes,
        cpu_s: (limit) => interval(limit * SECOND_MS),
      };
      const given = (Object.keys(limits) as (keyof typeof limits)[]).filter((name) => limits[name] !== null);
      if (given.length === 0) return t('limits.none');
      return given.map((name) => `${t(`limits.${name}`)}: ${(words[name] ?? String)(limits[name]!)}`).join('\n');
    }
    case 'on_success':
    case 'on_failure':
      return names(value as number[]);
    case 'after': {
      const { tasks, need, on } = value as TaskDefinition['after'];
      if (tasks.length === 0) return printValue(tasks);
      return [names(tasks), ...(tasks.length > 1 ? [`${t('form.after_need')}: ${t(`after_need.${need}`)}`] : []), `${t('form.after_on')}: ${t(`after_on.${on}`)}`].join('\n');
    }
    case 'timeout_s':
      return value === 0 ? t('form.timeout_none') : printValue(value);
    case 'rerun_lost':
      return value ? t('value.yes') : t('value.no');
    default:
      return printValue(value);
  }
}

// Why a field's text cannot be taken as it is; undefined where it can.
export function unreadWords(unread: Unread | null | undefined, sign: Sign = '='): string | undefined {
  if (!unread) return undefined;
  const { problem, line, text } = unread;
  return t(problem === 'nameless' && sign === ':' ? 'form.unread_header' : `form.unread_${problem}`, { line, text });
}
