// What a run had around it: its variables, each with where it came from, and its arguments as a shell reads them.
import type { Execution, TaskDefinition } from '../api/types';
import { shownValue } from './secrets';

export interface Variable {
  name: string;
  // Of a secret: its name.
  value: string;
  from: 'task' | 'secret' | 'secret_file' | 'run' | 'server';
}
type Run = Pick<Execution, 'id' | 'task_id' | 'task_name' | 'attempt' | 'scheduled_at' | 'env'>;

// As the server puts them together: what comes later takes the place of what has the same name. `reveal`: also the
// values that their names hide.
export function environmentOf(definition: Pick<TaskDefinition, 'env' | 'secrets' | 'secret_files'>, run: Run, reveal = false): Variable[] {
  const variables = new Map<string, Variable>();
  const put = (values: Record<string, string>, from: Variable['from'], show: (name: string, value: string) => string) => {
    for (const [name, value] of Object.entries(values)) variables.set(name, { name, value: show(name, value), from });
  };
  const shown = reveal ? (_: string, value: string) => value : shownValue;
  const asItIs = (_: string, value: string) => value;
  put(definition.env, 'task', shown);
  put(definition.secrets, 'secret', asItIs);
  put(definition.secret_files, 'secret_file', asItIs);
  put(run.env ?? {}, 'run', shown);
  const own = {
    MINI_SCHEDULER_TASK_ID: String(run.task_id),
    MINI_SCHEDULER_TASK_NAME: run.task_name,
    MINI_SCHEDULER_EXECUTION_ID: String(run.id),
    MINI_SCHEDULER_ATTEMPT: String(run.attempt),
    ...(run.scheduled_at ? { MINI_SCHEDULER_SCHEDULED_AT: run.scheduled_at } : {}),
  };
  put(own, 'server', asItIs);
  return [...variables.values()];
}

export const quoted = (argument: string) => (/^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`);
