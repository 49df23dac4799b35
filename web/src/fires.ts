// What will fire in a window: asked for part by part, since one answer of the server has an end.
import { get } from './api/client';
import type { Fire } from './api/types';

export async function firesBetween(from: number, to: number, parts: number, signal?: AbortSignal, soFar: (fires: Fire[]) => void = () => {}): Promise<{ fires: Fire[]; cut: boolean }> {
  const fires: Fire[] = [];
  const seen = new Set<string>();
  let at = from;
  for (let part = 0; part < parts; part += 1) {
    const query = { from: new Date(at).toISOString(), to: new Date(to).toISOString() };
    const { items, more } = await get<{ items: Fire[]; more: boolean }>('/api/upcoming', { query, signal });
    // The parts overlap in one second, where several tasks may fire.
    for (const fire of items) {
      const key = `${fire.task_id} ${fire.scheduled_at}`;
      if (!seen.has(key)) fires.push(fire);
      seen.add(key);
    }
    const last = items.at(-1);
    if (!more || !last) return { fires, cut: false };
    const next = Date.parse(last.scheduled_at) - 1000;
    soFar([...fires]);
    // A whole answer within one second: no further by this way.
    if (next <= at) return { fires, cut: true };
    at = next;
  }
  return { fires, cut: true };
}
