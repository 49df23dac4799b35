// Tasks that were made to try something once. The page that made one deletes it when it is closed; one that could not,
// since its tab or the browser crashed, leaves a note here, and the next page of that user deletes it.
import { ApiError, remove } from './api/client';

const NOT_FOUND = 404;
// Without locks nobody can tell a tab that crashed from one that is still open.
const LONGEST_MS = 86_400_000;

const keyOf = (user: number) => `tries.${user}`;
const lockOf = (task: number) => `try.${task}`;

function notes(user: number): Record<string, number> {
  try {
    return JSON.parse(localStorage.getItem(keyOf(user)) ?? '{}') as Record<string, number>;
  } catch {
    return {};
  }
}
function write(user: number, noted: Record<string, number>): void {
  try {
    if (Object.keys(noted).length) localStorage.setItem(keyOf(user), JSON.stringify(noted));
    else localStorage.removeItem(keyOf(user));
  } catch {
    // Then it is not noted.
  }
}
function forget(user: number, task: number): void {
  const { [task]: _, ...others } = notes(user);
  write(user, others);
}

// Notes it as long as this document lives. Call what is given once the task is deleted.
export function noteTry(user: number, task: number): () => void {
  let over = false;
  let release = () => {};
  const note = () => write(user, { ...notes(user), [task]: Date.now() });
  if (navigator.locks) {
    // Only once it is locked: another tab must not take it for one whose page is gone.
    void navigator.locks.request(lockOf(task), () => {
      if (over) return;
      note();
      return new Promise<void>((resolve) => (release = resolve));
    });
  } else note();
  return () => {
    over = true;
    forget(user, task);
    release();
  };
}

async function drop(user: number, task: number): Promise<void> {
  try {
    await remove(`/tasks/${task}`);
  } catch (error) {
    // Next time, unless somebody else was faster.
    if (!(error instanceof ApiError && error.status === NOT_FOUND)) return;
  }
  forget(user, task);
}

// Deletes those of that user whose page is gone.
export async function sweepTries(user: number): Promise<void> {
  for (const [id, notedAt] of Object.entries(notes(user))) {
    const task = Number(id);
    if (navigator.locks) {
      await navigator.locks.request(lockOf(task), { ifAvailable: true }, (lock) => (lock ? drop(user, task) : undefined));
    } else if (Date.now() - notedAt > LONGEST_MS) await drop(user, task);
  }
}
