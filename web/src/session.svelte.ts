// Who is logged in, and what that allows the page to offer. The server decides again on each request.
import { get, onLoggedOut, post } from './api/client';
import type { Role, User } from './api/types';
import { forgetDrafts } from './drafts';
import { heldBack } from './heldBack';
import { live } from './live/live.svelte';
import { router } from './router.svelte';

const RANK: Record<Role, number> = { viewer: 0, operator: 1, editor: 2, admin: 3 };

class Session {
  user = $state.raw<User | null>(null);
  // When it was first asked who that is, by the reader's clock: before anything that only a user is shown.
  askedAt = 0;

  get canRun(): boolean {
    return this.atLeast('operator');
  }
  get canEdit(): boolean {
    return this.atLeast('editor');
  }
  get isAdmin(): boolean {
    return this.atLeast('admin');
  }
  private atLeast(role: Role): boolean {
    return this.user !== null && (RANK[this.user.role] ?? 0) >= RANK[role];
  }

  private loading: Promise<void> | null = null;

  // Asks once, however many want to know.
  async load(): Promise<void> {
    if (this.user) return;
    this.askedAt = Date.now();
    await (this.loading ??= this.reload().finally(() => (this.loading = null)));
  }
  async reload(): Promise<void> {
    this.user = await get<User>('/auth/me');
  }

  // `code` is that of the second factor, where the account has one.
  async logIn(username: string, password: string, code?: string): Promise<void> {
    this.askedAt = Date.now();
    const answer = await post<{ user: User }>('/auth/login', { username, password, code });
    this.user = answer.user;
  }

  async chooseFirstPassword(token: string, password: string): Promise<void> {
    this.askedAt = Date.now();
    const answer = await post<{ user: User }>('/auth/first-run', { token, new_password: password });
    this.user = answer.user;
  }

  async logOut(): Promise<void> {
    await heldBack.carryOut();
    await post('/auth/logout');
    if (this.user) forgetDrafts(this.user.id);
    // A fresh document, so that nothing of the last user stays in memory.
    location.assign('/login');
  }
}

export const session = new Session();

live.listen(({ type }) => {
  // What fails here is told by whatever the page asks next.
  if (type === 'account') void session.reload().catch(() => {});
});

onLoggedOut(() => {
  session.user = null;
  // By the address, since several requests may be refused before the log-in page is there.
  if (location.pathname === '/login' || location.pathname === '/register') return;
  void router.go(`/login?next=${encodeURIComponent(location.pathname + location.search)}`, { replace: true });
});
