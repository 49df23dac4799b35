// The page that is shown follows the address. Pages are separate chunks, fetched when first visited.
import type { Component } from 'svelte';
import { isOwnPath, matchRoute, type PageName } from './routes';

type PageModule = { default: Component<Record<string, string>> };

const LOADERS: Record<PageName, () => Promise<unknown>> = {
  overview: () => import('./pages/Overview.svelte'),
  tasks: () => import('./pages/Tasks.svelte'),
  task: () => import('./pages/Task.svelte'),
  taskForm: () => import('./pages/TaskForm.svelte'),
  executions: () => import('./pages/Executions.svelte'),
  execution: () => import('./pages/Execution.svelte'),
  timeline: () => import('./pages/Timeline.svelte'),
  upcoming: () => import('./pages/Upcoming.svelte'),
  users: () => import('./pages/Users.svelte'),
  tokens: () => import('./pages/Tokens.svelte'),
  secrets: () => import('./pages/Secrets.svelte'),
  audit: () => import('./pages/Audit.svelte'),
  system: () => import('./pages/System.svelte'),
  login: () => import('./pages/Login.svelte'),
  register: () => import('./pages/Register.svelte'),
  missing: () => import('./pages/Missing.svelte'),
};

class Router {
  path = $state(location.pathname);
  query = $state(location.search);
  page = $state<PageName>('missing');
  params = $state.raw<Record<string, string>>({});
  component = $state.raw<PageModule['default'] | null>(null);
  // A page with unsaved work sets this; it answers whether leaving is all right.
  guard: (() => boolean) | null = null;
  private wanted = 0;

  async start(): Promise<void> {
    addEventListener('popstate', () => {
      if (location.pathname !== this.path && this.guard && !this.guard()) {
        history.pushState(null, '', this.path + this.query);
        return;
      }
      void this.show();
    });
    document.addEventListener('click', (event) => this.follow(event));
    await this.show();
  }

  async go(url: string, { replace = false } = {}): Promise<void> {
    const target = new URL(url, location.href);
    if (target.pathname !== this.path && this.guard && !this.guard()) return;
    history[replace ? 'replaceState' : 'pushState'](null, '', target);
    await this.show();
  }

  // Changes only the query of the page that is shown.
  setQuery(query: string, { replace = false } = {}): void {
    if (query === this.query) return;
    history[replace ? 'replaceState' : 'pushState'](null, '', this.path + query);
    this.query = query;
  }

  private async show(): Promise<void> {
    const ticket = ++this.wanted;
    const path = location.pathname;
    const match = matchRoute(path);
    if (path === this.path && this.component && match.page === this.page) {
      this.query = location.search;
      return;
    }
    const module = (await LOADERS[match.page]()) as PageModule;
    if (ticket !== this.wanted) return;
    const first = this.component === null;
    this.guard = null;
    this.path = path;
    this.query = location.search;
    this.page = match.page;
    this.params = match.params;
    this.component = module.default;
    if (!first) {
      scrollTo(0, 0);
      // A screen reader is told of the new page by the focus on its heading region.
      queueMicrotask(() => document.getElementById('main')?.focus({ preventScroll: true }));
    }
  }

  private follow(event: MouseEvent): void {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = (event.target as Element).closest?.('a');
    if (!link || link.target || link.hasAttribute('download')) return;
    const url = new URL(link.href, location.href);
    if (url.origin !== location.origin || !isOwnPath(url.pathname) || link.hash) return;
    event.preventDefault();
    void this.go(url.pathname + url.search);
  }
}

export const router = new Router();
