// The page that is shown follows the address. Pages are separate chunks, fetched when first visited.
import type { Component } from 'svelte';
import { leftAt, type Place } from './leftAt';
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

// The address that the browser was sent for anew because its page could not be had: once, so that nothing goes round in
// circles.
const SENT_FOR = 'sent_for';

// Whether there is a server to ask. A gateway answers for one that is down.
async function serverAnswers(): Promise<boolean> {
  return fetch(location.href, { method: 'HEAD', cache: 'no-store' }).then(
    ({ status }) => status < 500,
    () => false,
  );
}

class Router {
  path = $state(location.pathname);
  query = $state(location.search);
  page = $state<PageName>('missing');
  params = $state.raw<Record<string, string>>({});
  component = $state.raw<PageModule['default'] | null>(null);
  // Why the page of this address is not shown, if it is not: nobody answers, or what is answered is of no use.
  failure = $state<'unreachable' | 'broken' | null>(null);
  // A page with unsaved work sets this; it answers whether leaving is all right.
  guard: (() => boolean) | null = null;
  private wanted = 0;

  async start(): Promise<void> {
    addEventListener('popstate', () => {
      if (location.pathname !== this.path && this.guard && !this.guard()) {
        leftAt.stay(this.path + this.query);
        return;
      }
      void this.show(leftAt.move());
    });
    document.addEventListener('click', (event) => this.follow(event));
    await this.show(leftAt.start());
  }

  async go(url: string, { replace = false } = {}): Promise<void> {
    const target = new URL(url, location.href);
    if (target.pathname !== this.path && this.guard && !this.guard()) return;
    leftAt[replace ? 'replace' : 'push'](target);
    await this.show();
  }

  // Changes only the query of the page that is shown.
  setQuery(query: string, { replace = false } = {}): void {
    if (query === this.query) return;
    leftAt[replace ? 'replace' : 'push'](this.path + query);
    this.query = query;
  }

  // Once more, since one asks for it.
  async retry(): Promise<void> {
    this.forgetSentFor();
    await this.show();
  }

  // `place`: where it was left, if it was shown before.
  private async show(place?: Place): Promise<void> {
    const ticket = ++this.wanted;
    const path = location.pathname;
    const match = matchRoute(path);
    if (path === this.path && this.component && match.page === this.page) {
      this.query = location.search;
      if (place) leftAt.goTo(place);
      return;
    }
    const module = (await LOADERS[match.page]().catch(() => null)) as PageModule | null;
    const reachable = module !== null || (await serverAnswers());
    if (ticket !== this.wanted) return;
    if (module) this.forgetSentFor();
    // A new version of the server has other files, and a browser does not ask twice for a module that it missed.
    else if (reachable && this.sendFor(path)) return;
    const first = this.component === null && this.failure === null;
    this.guard = null;
    this.path = path;
    this.query = location.search;
    this.page = match.page;
    this.params = match.params;
    this.component = module?.default ?? null;
    this.failure = module ? null : reachable ? 'broken' : 'unreachable';
    if (!first) {
      leftAt.goToTop();
      // A screen reader is told of the new page by the focus on its heading region.
      queueMicrotask(() => document.getElementById('main')?.focus({ preventScroll: true }));
    }
    if (place) leftAt.goTo(place);
  }

  // Has the browser load the address anew, with the program as the server has it now; false: that was done already.
  private sendFor(path: string): boolean {
    try {
      if (sessionStorage.getItem(SENT_FOR) === path) return false;
      sessionStorage.setItem(SENT_FOR, path);
    } catch {
      return false;
    }
    location.reload();
    return true;
  }
  private forgetSentFor(): void {
    try {
      sessionStorage.removeItem(SENT_FOR);
    } catch {
      // Then nothing was kept there.
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
