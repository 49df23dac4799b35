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
  const action = /^\/tasks\/(\d+)\/(run|pause|resume)$/.exec(path);
  const task = action && tasks.find(({ id }) => id === Number(action[1]));
  if (!task) return problem(response, 404, 'Not Found');
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
