// The last runs of the tasks in view: asked for together, and again only of the tasks that have changed since.
import { SvelteMap } from 'svelte/reactivity';
import { get } from '../api/client';
import type { Execution, RecentRuns as Answer, Run, Task } from '../api/types';
import { usualDuration } from '../model/execution';

const LENGTH = 20;
const MOST_AT_ONCE = 100;
const MOST_KEPT = 1000;

class RecentRuns {
  private runs = new SvelteMap<number, Run[]>();
  private asked = new Map<number, string>();

  of(id: number): Run[] | undefined {
    return this.runs.get(id);
  }

  // Settled when what was asked for anew has come, or could not.
  want(tasks: Pick<Task, 'id' | 'status' | 'last_run_at'>[]): Promise<unknown> {
    if (this.runs.size > MOST_KEPT) {
      this.runs.clear();
      this.asked.clear();
    }
    const key = (task: (typeof tasks)[number]) => `${task.status} ${task.last_run_at}`;
    const ran = tasks.filter((task) => task.last_run_at || task.status === 'RUNNING' || task.status === 'PENDING');
    const stale = ran.filter((task) => this.asked.get(task.id) !== key(task));
    for (const task of stale) this.asked.set(task.id, key(task));
    const ids = [...new Set(stale.map(({ id }) => id))];
    const parts = [];
    for (let at = 0; at < ids.length; at += MOST_AT_ONCE) parts.push(this.ask(ids.slice(at, at + MOST_AT_ONCE)));
    return Promise.all(parts);
  }

  private async ask(ids: number[]): Promise<void> {
    try {
      const { items } = await get<Answer>('/api/recent', { query: { task_ids: ids.join(), limit: LENGTH } });
      for (const { task_id, runs } of items) {
        this.runs.set(task_id, runs.map(([id, status, started, duration_ms]) => ({ id, status, started_at: started === null ? null : new Date(started).toISOString(), duration_ms })));
      }
    } catch {
      for (const id of ids) this.asked.delete(id);
    }
  }
}
export const recentRuns = new RecentRuns();

// How long the runs of its task take, but for itself; null where that is unknown.
export const usualOf = (run: Execution) => usualDuration(recentRuns.of(run.task_id) ?? [], run.id);
