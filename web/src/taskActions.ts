// What can be done to a task from any page; each says in a toast what happened, with the way back where there
// is one.
import { post } from './api/client';
import type { Task } from './api/types';
import { bulk, type Outcome } from './bulk';
import { bulkReport } from './bulkReport.svelte';
import { confirm } from './confirm.svelte';
import { heldBack } from './heldBack';
import { t } from './i18n/index.svelte';
import { leaving } from './leaving.svelte';
import { sayProblem } from './problem';
import { toasts } from './toasts.svelte';

type Named = Pick<Task, 'id' | 'name'>;

export async function runTask(task: Named, force = false): Promise<number | null> {
  try {
    const answer = await post<{ execution_id: number }>(`/tasks/${task.id}/run`, force ? { force } : {});
    toasts.done(t('tasks.started', { name: task.name }), {
      label: t('action.watch'),
      href: `/ui/executions/${answer.execution_id}`,
    });
    return answer.execution_id;
  } catch (error) {
    const status = (error as { status?: number }).status;
    if (status === 409 && !force) {
      toasts.show({
        kind: 'failure',
        text: t('tasks.runs_already', { name: task.name }),
        action: { label: t('action.run_beside'), run: () => void runTask(task, true) },
      });
    } else toasts.failure(t('tasks.not_started', { name: task.name, why: sayProblem(error) }));
    return null;
  }
}

export async function setTaskPaused(task: Named, paused: boolean, changed: (paused: boolean) => void = () => {}): Promise<void> {
  changed(paused);
  try {
    await post(`/tasks/${task.id}/${paused ? 'pause' : 'resume'}`);
    toasts.done(t(paused ? 'tasks.paused' : 'tasks.resumed', { name: task.name }), {
      label: t('action.undo'),
      run: () => void setTaskPaused(task, !paused, changed),
    });
  } catch (error) {
    changed(!paused);
    toasts.failure(t(paused ? 'tasks.not_paused' : 'tasks.not_resumed', { name: task.name, why: sayProblem(error) }));
  }
}

function sayFailures(all: Outcome[]): void {
  toasts.failure(
    all
      .filter((outcome) => outcome.problem !== null)
      .map((outcome) => `${outcome.name}: ${outcome.problem}`)
      .join(' · '),
  );
}

// While it is read, what it tells of can still be taken back.
function showHeld(toast: number, tasks: Task[]): void {
  toasts.hold(toast, 'report');
  bulkReport.show(
    tasks.map(({ id, name }) => ({ id, name, problem: null, isHeld: true })),
    {
      undo: () => {
        toasts.act(toast);
        bulkReport.close();
      },
      onclose: () => toasts.release(toast, 'report'),
    },
  );
}

// A delete is asked for, then held back for as long as its undo is offered (longer where the toast has the pointer or
// the focus); leaving the page carries it out.
const UNDO_MS = 7000;

// False where it was not wanted after all. `report` hears of it when some could not be deleted.
export async function deleteTasks(tasks: Task[], report: (all: Outcome[]) => void = sayFailures, text = t('delete.text')): Promise<boolean> {
  const yes = await confirm.ask({
    title: t('delete.title', { count: tasks.length }),
    text,
    names: tasks.map((task) => task.name),
    confirm: t('action.delete'),
    danger: true,
  });
  if (!yes) return false;
  const ids = tasks.map((task) => task.id);
  leaving.add(tasks);
  const held = heldBack.hold(async (isLeft) => {
    // It can be undone no more.
    toasts.dismiss(toast);
    const all = await bulk('delete', new Map(tasks.map(({ id, name }) => [id, name])), undefined, isLeft);
    const failed = all.filter((outcome) => outcome.problem !== null);
    leaving.gone(all.filter((outcome) => outcome.problem === null).map((outcome) => outcome.id));
    if (failed.length === 0) return;
    leaving.giveBack(failed.map((outcome) => outcome.id));
    report(all);
  });
  const toast = toasts.show({
    kind: 'done',
    text: t('delete.done', { count: tasks.length }),
    lifetime: UNDO_MS,
    pinned: true,
    onend: () => void held.carryOut(),
    action: {
      label: t('action.undo'),
      run: () => {
        held.drop();
        leaving.giveBack(ids);
      },
    },
    details: tasks.length > 1 ? { label: t('bulk.details'), run: () => showHeld(toast, tasks) } : undefined,
  });
  return true;
}
