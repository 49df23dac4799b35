import { describe, expect, it } from 'vitest';
import { isOwnPath, matchRoute, safeNext } from './routes';

describe('routes', () => {
  it.each([
    ['/login', 'login'],
    ['/ui', 'tasks'],
    ['/ui/tasks', 'tasks'],
    ['/ui/tasks/', 'tasks'],
    ['/ui/tasks/create', 'taskForm'],
    ['/ui/tasks/12', 'task'],
    ['/ui/tasks/12/edit', 'taskForm'],
    ['/ui/executions/7', 'execution'],
    ['/ui/admin', 'users'],
    ['/ui/admin/secrets', 'secrets'],
    ['/ui/nothing', 'missing'],
    ['/ui/tasks/abc', 'missing'],
  ])('%s shows %s', (path, page) => expect(matchRoute(path).page).toBe(page));
});

describe('links', () => {
  it.each([
    ['/ui/tasks', true],
    ['/login', true],
    ['/docs', false],
    ['/executions/1/log', false],
    ['/uiother', false],
  ])('%s is ours: %s', (path, own) => expect(isOwnPath(path)).toBe(own));
});

describe('the way on after a log-in', () => {
  it.each([
    ['/ui/tasks?status=FAILED', '/ui/tasks?status=FAILED'],
    [null, '/ui/tasks'],
    ['//evil.example/ui', '/ui/tasks'],
    ['https://evil.example', '/ui/tasks'],
    ['/uix', '/ui/tasks'],
    ['/docs', '/ui/tasks'],
  ])('%s leads to %s', (next, target) => expect(safeNext(next)).toBe(target));
});
