// What the row of a task says: every call in its markup is one more thing that Svelte keeps per row, so a row asks once.
import type { Task } from '../api/types';
import { locale, t } from '../i18n/index.svelte';
import { now } from '../live/clock.svelte';
import { shownUrl } from '../model/secrets';
import { exact, isAtBoot, isSameDay, moment, relative } from '../model/time';
import { shortMoment } from '../model/zones';
import { prefs } from '../prefs.svelte';
import { session } from '../session.svelte';
import type { Item } from './MenuPopup.svelte';

// How soon it fires, and when.
export function fireOf(task: Task): { soon: string; when: string } {
  if (!task.next_run_at) return { soon: '', when: task.status === 'PAUSED' ? '–' : t(isAtBoot(task.cron) ? 'tasks.at_boot' : 'tasks.no_fire') };
  const time = Date.parse(task.next_run_at);
  return { soon: relative(time, now(), locale()), when: isSameDay(time, now()) ? moment(time, now(), locale()) : shortMoment(time, now(), locale()) };
}

// The names of its controls.
export function labelsOf({ name, status }: Task) {
  return {
    select: t('tasks.select_named', { name }),
    run: t('tasks.run_named', { name }),
    pause: t(status === 'PAUSED' ? 'tasks.resume_named' : 'tasks.pause_named', { name }),
    more: t('tasks.more_named', { name }),
  };
}

// Titles are made when a pointer comes to what they explain: a page has hundreds.
const TIPS: Record<string, (task: Task, node: HTMLElement, shownTags: number) => string | null | undefined> = {
  name: (task) => task.name,
  tag: (_, node) => t('tasks.only_tag', { tag: node.textContent! }),
  tags: (task, _, shownTags) => task.tags.slice(shownTags).join(', '),
  command: (task) => task.command || (task.http ? shownUrl(task.http.url) : undefined),
  fire: (task) => task.next_run_at && exact(Date.parse(task.next_run_at), locale()),
  ago: (task) => task.last_run_at && exact(Date.parse(task.last_run_at), locale()),
};
// The title of what bears `data-tip` in a task's row.
export function tipOf(node: HTMLElement, task: Task, shownTags: number): string {
  return TIPS[node.dataset.tip!]?.(task, node, shownTags) ?? '';
}

// What its menu offers to who is logged in.
export function menuOf(task: Task, ondelete: (task: Task) => void): Item[] {
  const isPinned = prefs.pins.includes(task.id);
  const editing: Item[] = [
    { label: t('action.edit'), icon: 'pencil', href: `/ui/tasks/${task.id}/edit` },
    { label: t('action.duplicate'), icon: 'copy', href: `/ui/tasks/create?from=${task.id}` },
  ];
  return [
    { label: t('action.open'), icon: 'info', href: `/ui/tasks/${task.id}` },
    ...(session.canEdit ? editing : []),
    { label: t(isPinned ? 'action.unpin' : 'action.pin'), icon: isPinned ? 'pinOff' : 'pin', run: () => prefs.togglePin(task.id) },
    ...(session.canEdit ? [{ label: t('action.delete'), icon: 'trash', danger: true, separated: true, run: () => ondelete(task) } as Item] : []),
  ];
}
