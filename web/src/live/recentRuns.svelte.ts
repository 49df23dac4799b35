// The last runs of the tasks in view. Asked for row by row, a few at a time, and again only when the task has
// changed since.
import { SvelteMap } from 'svelte/reactivity';
import { get } from '../api/client';
import type { Execution, ExecutionPage, Task } from '../api/types';

const LENGTH = 20;
const AT_ONCE = 4;
const MOST_KEPT = 1000;

class RecentRuns {
  private runs = new SvelteMap<number, Execution[]>();
  private asked = new Map<number, string>();
  private queue: Task[] = [];
  private active = 0;

  of(id: number): Execution[] | undefined {
    return this.runs.get(id);
  }

  want(tasks: Task[]): void {
    if (this.runs.size > MOST_KEPT) {
      this.runs.clear();
      this.asked.clear();
    }
    this.queue = tasks.filter((task) => this.asked.get(task.id) !== this.key(task));
    this.pump();
  }

  private key(task: Task): string {
    return `${task.status} ${task.last_run_at}`;
  }

  private pump(): void {
    while (this.active < AT_ONCE && this.queue.length > 0) {
      const task = this.queue.shift()!;
      this.asked.set(task.id, this.key(task));
      if (!task.last_run_at && task.status !== 'RUNNING' && task.status !== 'PENDING') continue;
      this.active += 1;
      get<ExecutionPage>(`/tasks/${task.id}/executions`, { query: { limit: LENGTH } })
        .then(
          (page) => this.runs.set(task.id, page.items),
          () => this.asked.delete(task.id),
        )
        .finally(() => {
          this.active -= 1;
          this.pump();
        });
    }
  }
}
export const recentRuns = new RecentRuns();
