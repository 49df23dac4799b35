// Tasks that were deleted here. The delete is held back as long as it can be undone, and the server lists and counts
// them until then: no page shows them meanwhile, whichever one they were deleted on.
import type { Task } from './api/types';

// The server's own bound, for what it can leave out of an answer.
const MOST_LEFT_OUT = 1000;

interface Leaving {
  task: Task;
  // When the server had deleted it, by performance.now(); null as long as it waits.
  goneAt: number | null;
}

class LeavingTasks {
  private all = $state.raw<ReadonlyMap<number, Leaving>>(new Map());

  has(id: number): boolean {
    return this.all.has(id);
  }
  // Those that an answer of the server still has which was asked for at `askedAt`, by performance.now().
  stillIn(askedAt: number): Task[] {
    return [...this.all.values()].filter(({ goneAt }) => goneAt === null || goneAt > askedAt).map(({ task }) => task);
  }

  // Those that the server does not know of yet.
  get waiting(): number[] {
    return this.stillIn(Infinity).map(({ id }) => id);
  }
  // What /api/upcoming is asked to leave out.
  get without(): string {
    return this.waiting.slice(0, MOST_LEFT_OUT).join(',');
  }

  add(tasks: Task[]): void {
    this.all = new Map([...this.all, ...tasks.map((task) => [task.id, { task, goneAt: null }] as const)]);
  }
  giveBack(ids: number[]): void {
    const back = new Set(ids);
    this.all = new Map([...this.all].filter(([id]) => !back.has(id)));
  }
  // They stay hidden: an answer that was on its way may have them yet.
  gone(ids: number[]): void {
    const goneAt = performance.now();
    const done = new Set(ids);
    this.all = new Map([...this.all].map(([id, leaving]) => [id, done.has(id) ? { ...leaving, goneAt } : leaving]));
  }
}
export const leaving = new LeavingTasks();
