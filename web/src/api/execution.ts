// One execution without its output, which is shown by its log, and may be many times as long as all the rest.
import { get } from './client';
import type { Execution } from './types';

export function getExecution(id: number | string, signal?: AbortSignal): Promise<Execution> {
  return get<Execution>(`/executions/${id}`, { query: { output: 'none' }, signal });
}
