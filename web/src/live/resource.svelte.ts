// Something asked of the server, kept current: asked again when the server tells of a change that concerns it,
// and after the connection was lost. Used by a component while it lives.
import { onDestroy } from 'svelte';
import { live, type LiveEvent } from './live.svelte';
import { throttled } from './throttle';
import { sayProblem } from '../problem';
import { ApiError } from '../api/client';

const INTERVAL_MS = 1000;

export class Resource<T> {
  value = $state.raw<T | null>(null);
  problem = $state('');
  missing = $state(false);
  private abort: AbortController | null = null;
  private ask: (signal: AbortSignal) => Promise<T>;

  constructor(ask: (signal: AbortSignal) => Promise<T>, concerns: (event: LiveEvent) => boolean = () => true, intervalMs = INTERVAL_MS) {
    this.ask = ask;
    const refresh = throttled(() => {
      if (!document.hidden) void this.load();
    }, intervalMs);
    const stop = live.listen((event) => {
      if (event.type === 'resync' || concerns(event)) refresh.call();
    });
    const visible = () => !document.hidden && refresh.call();
    document.addEventListener('visibilitychange', visible);
    onDestroy(() => {
      stop();
      refresh.cancel();
      this.abort?.abort();
      document.removeEventListener('visibilitychange', visible);
    });
  }

  async load(): Promise<void> {
    this.abort?.abort();
    const mine = (this.abort = new AbortController());
    try {
      const value = await this.ask(mine.signal);
      if (mine.signal.aborted) return;
      this.value = value;
      this.problem = '';
      this.missing = false;
    } catch (error) {
      if ((error as Error).name === 'AbortError') return;
      this.missing = error instanceof ApiError && error.status === 404;
      this.problem = sayProblem(error);
    }
  }
}
