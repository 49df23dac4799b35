// What tasks are called of which only the number is known, asked for together when somebody shows them: those too that
// were deleted since.
import { SvelteMap } from 'svelte/reactivity';
import { get } from '../api/client';
import type { TaskName } from '../api/types';
import { t } from '../i18n/index.svelte';
import { leaving } from '../leaving.svelte';

const MOST_AT_ONCE = 500;
const FRESH_MS = 10_000;

class TaskNames {
  private known = new SvelteMap<number, TaskName>();
  private askedAt = new Map<number, number>();
  private wanted = new Set<number>();

  // "nightly", or "deleted task 12 (nightly)"; the number until the name is there.
  words(id: number): string {
    const name = this.of(id)?.name;
    if (!this.isDeleted(id)) return name ?? `#${id}`;
    return name ? t('chain.deleted_named', { id, name }) : t('chain.deleted', { id });
  }
  // Also while its delete can be undone; not as long as it is not known.
  isDeleted(id: number): boolean {
    return leaving.has(id) || this.of(id)?.exists === false;
  }
  // The name is known from elsewhere.
  learn(id: number, name: string): void {
    this.askedAt.set(id, performance.now());
    this.known.set(id, { id, name, exists: true });
  }

  private of(id: number): TaskName | undefined {
    const asked = this.askedAt.get(id);
    if (asked === undefined || performance.now() - asked > FRESH_MS) this.want(id);
    return this.known.get(id);
  }
  private want(id: number): void {
    this.askedAt.set(id, performance.now());
    // Not at once: who shows them asks one by one.
    if (this.wanted.size === 0) queueMicrotask(() => this.askAll());
    this.wanted.add(id);
  }
  private askAll(): void {
    const ids = [...this.wanted];
    this.wanted.clear();
    for (let at = 0; at < ids.length; at += MOST_AT_ONCE) void this.ask(ids.slice(at, at + MOST_AT_ONCE));
  }
  private async ask(ids: number[]): Promise<void> {
    try {
      const { items } = await get<{ items: TaskName[] }>('/api/task-names', { query: { ids: ids.join() } });
      for (const item of items) this.known.set(item.id, item);
    } catch {
      // The numbers say which they are.
      for (const id of ids) this.askedAt.delete(id);
    }
  }
}
export const taskNames = new TaskNames();
