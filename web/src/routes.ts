// Which page stands at which path. Pure: the router only looks up here.

export type PageName =
  | 'overview'
  | 'tasks'
  | 'task'
  | 'taskForm'
  | 'executions'
  | 'execution'
  | 'timeline'
  | 'upcoming'
  | 'users'
  | 'tokens'
  | 'secrets'
  | 'audit'
  | 'system'
  | 'login'
  | 'register'
  | 'missing';

export interface Match {
  page: PageName;
  params: Record<string, string>;
}

interface Route {
  pattern: string;
  page: PageName;
}

// First match counts; `:name` takes one segment of digits, since ids are the only variable part of a path.
export const ROUTES: Route[] = [
  { pattern: '/login', page: 'login' },
  { pattern: '/register', page: 'register' },
  { pattern: '/ui', page: 'tasks' },
  { pattern: '/ui/overview', page: 'overview' },
  { pattern: '/ui/tasks', page: 'tasks' },
  { pattern: '/ui/tasks/create', page: 'taskForm' },
  { pattern: '/ui/tasks/:id', page: 'task' },
  { pattern: '/ui/tasks/:id/edit', page: 'taskForm' },
  { pattern: '/ui/executions', page: 'executions' },
  { pattern: '/ui/executions/:id', page: 'execution' },
  { pattern: '/ui/timeline', page: 'timeline' },
  { pattern: '/ui/upcoming', page: 'upcoming' },
  { pattern: '/ui/admin', page: 'users' },
  { pattern: '/ui/admin/users', page: 'users' },
  { pattern: '/ui/admin/tokens', page: 'tokens' },
  { pattern: '/ui/admin/secrets', page: 'secrets' },
  { pattern: '/ui/admin/audit', page: 'audit' },
  { pattern: '/ui/admin/system', page: 'system' },
];

export const expressionOf = (pattern: string) => new RegExp(`^${pattern.replace(/:(\w+)/g, '(?<$1>[0-9]+)')}/?$`);
const COMPILED = ROUTES.map(({ pattern, page }) => ({ page, expression: expressionOf(pattern) }));

export function matchRoute(path: string): Match {
  for (const { page, expression } of COMPILED) {
    const match = expression.exec(path);
    if (match) return { page, params: { ...match.groups } };
  }
  return { page: 'missing', params: {} };
}

// The pages that the router owns; every other link is the browser's.
export function isOwnPath(path: string): boolean {
  return path === '/login' || path === '/register' || path === '/ui' || path.startsWith('/ui/');
}

// Where to go after a log-in: only ever a path of this page, never another site.
export function safeNext(next: string | null): string {
  if (!next || !next.startsWith('/ui')) return '/ui/tasks';
  return isOwnPath(next.split(/[?#]/)[0]!) ? next : '/ui/tasks';
}
