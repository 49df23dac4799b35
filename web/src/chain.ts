// What an execution follows in a chain, and what follows it.
import { get } from './api/client';
import { getExecution } from './api/execution';
import type { Execution, ExecutionPage, Task } from './api/types';

export interface Upstream {
  text: string;
  href?: string;
}
const MOST_STARTED = 20;

// The execution that started it, by its task's name; where that is gone, its task; where that is gone too, what is
// left of it.
export async function upstreamOf({ upstream_execution_id: id, triggered_by }: Execution, signal: AbortSignal): Promise<Upstream> {
  if (id) {
    const found = await getExecution(id, signal).catch(() => null);
    if (found) return { text: `${found.task_name} #${id}`, href: `/ui/executions/${id}` };
  }
  const task = /^task (\d+)$/.exec(triggered_by)?.[1];
  const found = task ? await get<Task>(`/tasks/${task}`, { signal }).catch(() => null) : null;
  return found ? { text: found.name, href: `/ui/tasks/${task}` } : { text: triggered_by };
}

// The executions that its end started, in their order.
export async function startedBy(id: number, signal: AbortSignal): Promise<Execution[]> {
  const { items } = await get<ExecutionPage>('/executions', { query: { started_by: id, limit: MOST_STARTED }, signal });
  return items.reverse();
}
