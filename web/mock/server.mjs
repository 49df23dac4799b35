// A small server with the shapes of the API, for work on the page without the real one. Development only:
// nothing here is tested against or shipped. PORT (8010) and TASKS (60) may be set; DIST=dist also serves a build.
import { createServer } from 'node:http';
import { existsSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';

const PORT = Number(process.env.PORT ?? 8010);
const COUNT = Number(process.env.TASKS ?? 60);
const DIST = process.env.DIST;
const POLICY = "default-src 'self'; script-src 'self'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'";
const NAMES = ['backup database', 'rotate logs', 'send digest', 'sync mirrors', 'renew certificates', 'clean cache', '清理临时文件', 'report usage'];
const COMMANDS = ['pg_dump -Fc app > /var/backups/app.dump', 'logrotate /etc/logrotate.conf', '/usr/local/bin/digest --weekly', 'rsync -a --delete mirror::pub /srv/mirror', 'certbot renew --quiet', 'find /tmp -mtime +7 -delete'];
const CRONS = ['*/5 * * * *', '0 3 * * *', '0 9 * * 1-5', '15 */2 * * *', '@daily', '*/30 * * * * *'];
const TAGS = ['ops', 'nightly', 'db', 'mail', 'prod'];
const STATUSES = ['ACTIVE', 'ACTIVE', 'ACTIVE', 'PAUSED', 'FAILED', 'RUNNING', 'ACTIVE', 'PENDING'];

const iso = (ms) => new Date(ms).toISOString();
const tasks = Array.from({ length: COUNT }, (_, i) => {
  const status = STATUSES[(i * 7) % STATUSES.length];
  return {
    id: i + 1, name: `${NAMES[i % NAMES.length]} ${i + 1}`, cron: CRONS[i % CRONS.length], timezone: 'UTC',
    command: COMMANDS[i % COMMANDS.length], description: '', tags: TAGS.slice(i % 4, (i % 4) + (i % 3)), status,
    last_run_at: i % 9 ? iso(Date.now() - i * 613_000) : null,
    next_run_at: status === 'PAUSED' ? null : iso(Math.ceil(Date.now() / 60000) * 60000 + i * 97_000),
    last_error: status === 'FAILED' ? 'exit code 1' : null, created_at: iso(Date.now() - 9e9), updated_at: iso(Date.now() - 8e8),
  };
});
const OUTCOMES = ['SUCCESS', 'SUCCESS', 'SUCCESS', 'SUCCESS', 'FAILED', 'SUCCESS', 'SKIPPED', 'SUCCESS', 'TIMEOUT', 'SUCCESS'];
const executions = Array.from({ length: 1200 }, (_, i) => {
  const task = tasks[(i * 7) % COUNT];
  const status = i < 5 ? 'RUNNING' : OUTCOMES[(i * 3 + task.id) % OUTCOMES.length];
  const started = Date.now() - 20_000 - i * 91_000;
  const ran = status !== 'SKIPPED';
  const duration = status === 'RUNNING' || !ran ? null : 800 + ((i * 7919) % 42_000);
  return {
    id: 5000 - i, task_id: task.id, task_name: task.name, status, trigger: i % 9 ? 'schedule' : 'manual', triggered_by: i % 9 ? null : 'admin',
    scheduled_at: i % 9 ? iso(started - 3) : null, due_at: null, started_at: ran ? iso(started) : null, finished_at: duration === null ? null : iso(started + duration),
    late_ms: ran ? 3 : null, duration_ms: duration, attempt: i % 13 === 0 ? 2 : 1, exit_code: status === 'SUCCESS' ? 0 : status === 'FAILED' ? 127 : null,
    signal: status === 'TIMEOUT' ? 15 : null, error: status === 'FAILED' ? 'exit code 127' : null, reason: ran ? null : 'the run before was still going on',
    output_bytes: 5120, output_dropped_bytes: 0, cpu_ms: 120, max_rss_bytes: 18 << 20, node: 'local', count: ran ? 1 : 3, scheduled_until: ran ? null : iso(started + 600_000),
  };
});
function pageOf(url, list) {
  const given = Object.fromEntries(url.searchParams);
  const found = list.filter((execution) => (!given.status || execution.status === given.status) && (!given.trigger || execution.trigger === given.trigger)
    && (!given.task_id || execution.task_id === Number(given.task_id)) && (!given.before || execution.id < Number(given.before))
    && (!given.since || (execution.started_at ?? '') >= given.since));
  const limit = Number(given.limit ?? 50);
  const items = found.slice(0, limit);
  return { items, next_cursor: found.length > limit ? String(items.at(-1).id) : null };
}
function streamLog(request, response, execution) {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  let line = 0;
  const write = (count) => {
    let text = '';
    for (let i = 0; i < count; i += 1) text += line % 7 === 3 ? `\u001b[32m✓\u001b[0m step ${++line} \u001b[1mdone\u001b[0m in ${line % 90} ms\n` : `step ${++line}: copying /srv/data/part-${line}.bin to the mirror, checksum ok\n`;
    response.write(`event: chunk\ndata: ${JSON.stringify({ stream: line % 5 === 0 ? 'stderr' : 'stdout', attempt: 1, time: iso(Date.now()), text })}\n\n`);
  };
  for (let i = 0; i < 40; i += 1) write(7);
  if (execution.status !== 'RUNNING') {
    response.write('event: end\ndata: {}\n\n');
    return response.end();
  }
  const timer = setInterval(() => write(1), 400);
  request.on('close', () => clearInterval(timer));
}
const listeners = new Set();
let eventId = 0;
function tell(type, data) {
  for (const response of listeners) response.write(`id: ${++eventId}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`);
}
let loggedIn = process.env.LOGGED_IN === '1';
const user = { id: 1, username: 'admin', role: 'admin', must_change_password: true };

function answer(response, status, body, headers = {}) {
  response.writeHead(status, { 'content-type': status < 400 ? 'application/json' : 'application/problem+json', ...headers });
  response.end(body === undefined ? '' : JSON.stringify(body));
}
const problem = (response, status, title, errors) => answer(response, status, { title, status, detail: title, errors });

function serveFile(response, path) {
  if (/^\/(login|register|ui)(\/|$)/.test(path)) path = '/index.html';
  if (path === '/docs') path = '/docs.html';
  const file = join(DIST, path);
  if (path.includes('..') || !existsSync(file)) return problem(response, 404, 'Not Found');
  const types = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };
  const docs = path === '/docs.html';
  response.writeHead(200, {
    'content-type': types[extname(path)] ?? 'application/octet-stream',
    'content-security-policy': docs ? POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'; img-src 'self' data:") : POLICY,
  });
  response.end(readFileSync(file));
}

createServer(async (request, response) => {
  const url = new URL(request.url, 'http://localhost');
  let text = '';
  for await (const part of request) text += part;
  const body = text ? JSON.parse(text) : {};
  const path = url.pathname;
  if (path === '/auth/login') {
    if (body.password !== 'admin123') return problem(response, 401, 'Wrong user name or password');
    loggedIn = true;
    return answer(response, 200, { access_token: 'mock', token_type: 'bearer', expires_in: 3600, user });
  }
  if (path === '/auth/register') return problem(response, 422, 'Unprocessable', [{ loc: ['body', 'username'], msg: 'is taken already' }]);
  const api = /^\/(auth|tasks|executions|events|api|users|audit)(\/|$)/.test(path);
  if (!api) return DIST ? serveFile(response, path) : problem(response, 404, 'Not Found');
  if (!loggedIn) return problem(response, 401, 'Log in first');
  if (path === '/auth/me') return answer(response, 200, user);
  if (path === '/auth/logout') { loggedIn = false; return answer(response, 204); }
  if (path === '/events') {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write(': hello\n\n');
    listeners.add(response);
    request.on('close', () => listeners.delete(response));
    return;
  }
  if (path === '/tasks') {
    const search = (url.searchParams.get('search') ?? '').toLowerCase();
    const [status, tag, sort = 'id'] = ['status', 'tag', 'sort'].map((name) => url.searchParams.get(name) ?? undefined);
    const page = Number(url.searchParams.get('page') ?? 1);
    const size = Number(url.searchParams.get('page_size') ?? 50);
    const found = tasks.filter((task) => (!search || [task.name, task.command, ...task.tags].some((part) => part.toLowerCase().includes(search)))
      && (!status || task.status === status) && (!tag || task.tags.includes(tag)));
    const sign = url.searchParams.get('order') === 'desc' ? -1 : 1;
    found.sort((a, b) => sign * ((a[sort] ?? '') < (b[sort] ?? '') ? -1 : (a[sort] ?? '') > (b[sort] ?? '') ? 1 : 0));
    return answer(response, 200, { items: found.slice((page - 1) * size, page * size), total: found.length, page, page_size: size });
  }
  if (path === '/executions') return answer(response, 200, pageOf(url, executions));
  const one = /^\/executions\/(\d+)(\/.*)?$/.exec(path);
  if (one) {
    const execution = executions.find(({ id }) => id === Number(one[1]));
    if (!execution) return problem(response, 404, 'Not Found');
    if (!one[2]) return answer(response, 200, { ...execution, attempts: [{ attempt: 1, status: 'FAILED', started_at: execution.started_at, finished_at: iso(Date.parse(execution.started_at) + 900) }, { attempt: 2, status: execution.status, started_at: execution.started_at, finished_at: execution.finished_at }].slice(2 - execution.attempt), stdout: 'step 1\nstep 2\ndone', stderr: 'note' });
    if (one[2] === '/log/stream') return streamLog(request, response, execution);
    if (one[2] === '/retry') return answer(response, 202, { execution_id: execution.id });
    return answer(response, 200, execution);
  }
  if (path === '/api/cron/next') {
    const cron = url.searchParams.get('cron') ?? '';
    if (!cron.startsWith('@') && cron.split(/\s+/).length < 5) return problem(response, 422, 'Unprocessable', [{ loc: ['query', 'cron'], msg: 'a schedule has five fields, or six with seconds', position: cron.length }]);
    const first = Math.ceil(Date.now() / 3600000) * 3600000;
    const zh = url.searchParams.get('lang') === 'zh';
    return answer(response, 200, { next: Array.from({ length: Number(url.searchParams.get('count') ?? 5) }, (_, i) => iso(first + i * 86400000)), timezone: 'UTC', canonical: cron, description: zh ? '每天 09:00' : 'every day at 09:00' });
  }
  if (path === '/api/upcoming') {
    const [from, to] = ['from', 'to'].map((name) => Date.parse(url.searchParams.get(name)));
    const items = tasks.filter((task) => task.next_run_at).flatMap((task) => Array.from({ length: 6 }, (_, i) => ({ task_id: task.id, task_name: task.name, scheduled_at: iso(Math.ceil(from / 60000) * 60000 + task.id * 61000 + i * 3600000) })));
    return answer(response, 200, { items: items.filter(({ scheduled_at }) => Date.parse(scheduled_at) < to).sort((a, b) => a.scheduled_at.localeCompare(b.scheduled_at)) });
  }
  if (path === '/api/stats') return answer(response, 200, { by_hour: Array.from({ length: 720 }, (_, i) => ({ hour: iso(Math.floor(Date.now() / 3600000 - i) * 3600000), executions: { SUCCESS: 20 + ((i * 37) % 31), FAILED: i % 11 === 0 ? 4 : 0 }, average_duration_ms: 900 + i })) });
  if (path === '/auth/tokens') return answer(response, 200, request.method === 'POST' ? { token: 'ms_mock_0123456789' } : { items: [{ id: 1, name: 'deploy', scope: 'run', created_at: iso(0), expires_at: iso(Date.now() + 5e9), last_used_at: iso(Date.now() - 5e5) }] });
  if (path === '/users') return answer(response, 200, { items: [user, { id: 2, username: 'li', role: 'editor', disabled: false, last_login_at: iso(Date.now() - 1e7) }, { id: 3, username: 'guest', role: 'viewer', disabled: true, last_login_at: null }] });
  if (path === '/audit') return answer(response, 200, { items: Array.from({ length: 12 }, (_, i) => ({ id: i + 1, at: iso(Date.now() - i * 9e5), actor: 'admin', address: '127.0.0.1', action: i % 2 ? 'task.update' : 'auth.login', object: i % 2 ? `task:${i}` : 'user:admin', before: null, after: i % 2 ? { cron: '@daily' } : null })), next_cursor: null });
  const action = /^\/tasks\/(\d+)(?:\/(\w+))?$/.exec(path);
  const task = action && tasks.find(({ id }) => id === Number(action[1]));
  if (!task) return problem(response, 404, 'Not Found');
  if (!action[2] && request.method === 'PATCH') Object.assign(task, body);
  if (!action[2]) return answer(response, 200, task, { etag: '"1"' });
  if (action[2] === 'executions') return answer(response, 200, pageOf(url, executions.filter(({ task_id }) => task_id === task.id)));
  if (action[2] === 'revisions') return answer(response, 200, { items: [{ revision: 2, changed_at: iso(Date.now() - 1e6), changed_by: 'admin', definition: task }, { revision: 1, changed_at: iso(Date.now() - 9e8), changed_by: 'admin', definition: { ...task, command: 'true' } }] });
  if (action[2] === 'why') return answer(response, 200, { answer: 'It was paused from 09:00 to 10:00.', execution: null });
  if (action[2] === 'pause') Object.assign(task, { status: 'PAUSED', next_run_at: null });
  if (action[2] === 'resume') Object.assign(task, { status: 'ACTIVE', next_run_at: iso(Math.ceil(Date.now() / 60000) * 60000) });
  if (action[2] === 'run') {
    const before = task.status;
    Object.assign(task, { status: before === 'PAUSED' ? before : 'RUNNING', last_run_at: iso(Date.now()) });
    setTimeout(() => { task.status = before; tell('execution', { task_id: task.id, status: 'SUCCESS' }); }, 3000);
  }
  tell('task', { task_id: task.id });
  return action[2] === 'run' ? answer(response, 202, { execution_id: ++eventId }) : answer(response, 200, task);
}).listen(PORT, '127.0.0.1', () => console.log(`mock server on http://127.0.0.1:${PORT}`));
