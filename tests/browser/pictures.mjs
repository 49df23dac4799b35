// Makes the pictures of the README: pictures.mjs FOLDER. A server with believable tasks and a past, and its page.
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openPage, startBrowser, startServer } from './harness.mjs';

const folder = process.argv[2] ?? fileURLToPath(new URL('../../docs/pictures', import.meta.url));
const TASKS = [
  { name: 'nightly database backup', cron: '30 2 * * *', timezone: 'Europe/Berlin', command: 'pg_dump --format=custom "$DATABASE" > "/srv/backup/$(date +%F).dump"  # kept for a month', tags: ['ops', 'database'], env: { DATABASE: 'shop' }, retry: { max_attempts: 3 }, keep_executions: 400 },
  { name: 'send the morning digest', cron: '0 7 * * 1-5', command: '/usr/local/bin/digest --to team', tags: ['mail'], keep_executions: 400 },
  { name: 'check mirrors', cron: '*/15 * * * *', command: 'echo "looking at 3 mirrors"; echo "mirror 3 is behind by 41 minutes" >&2; exit 3', tags: ['ops'], keep_executions: 400 },
  { name: 'renew certificates', cron: '17 3,15 * * *', command: 'certbot renew --quiet', tags: ['ops', 'tls'], keep_executions: 400 },
  { name: 'rotate logs', cron: '@hourly', command: 'logrotate /etc/logrotate.conf', tags: ['ops'], keep_executions: 400 },
  {
    name: 'rebuild search index',
    cron: '5 */3 * * *',
    command: 'for part in 01 02 03 04 05 06; do printf "\\033[32m✓\\033[0m part %s of 06: 18200 documents\\n" $part; sleep 0.3; done; echo "part 07 is empty" >&2; for i in $(seq 8 400); do printf "\\033[2m%s\\033[0m merging segment %s\\n" "$(date +%T)" $i; sleep 1; done',
    tags: ['search'],
    timeout_s: 0,
    keep_executions: 400,
  },
  { name: 'sync product images', cron: '*/30 * * * *', command: 'rsync -a images/ cdn:/srv/images/; sleep 900', tags: ['shop'], timeout_s: 0, keep_executions: 400 },
  { name: 'daily sales report', cron: '0 9 * * *', timezone: 'Asia/Shanghai', command: 'report --yesterday --to finance', tags: ['shop', 'mail'], keep_executions: 400 },
  { name: 'clean temporary files', cron: '0 4 * * 0', command: 'find /tmp -mtime +7 -delete', tags: ['ops'] },
];

const server = await startServer();
const browser = await startBrowser();
try {
  const made = [];
  for (const task of TASKS) made.push(await server.api('POST', '/tasks', task));
  await server.api('POST', `/tasks/${made[8].id}/pause`);
  await server.end();
  const filled = spawnSync('/usr/bin/python3', [fileURLToPath(new URL('history.py', import.meta.url)), join(server.folder, 'data/scheduler.db')], { stdio: 'inherit' });
  if (filled.status !== 0) throw new Error('the past was not made');
  await server.start();
  const run = async (at) => (await server.api('POST', `/tasks/${made[at].id}/run`, {})).execution_id;
  const failed = await run(2);
  const live = await run(5);
  await run(6);
  await server.until('it failed', async () => (await server.api('GET', `/executions/${failed}`)).status === 'FAILED');
  // So that there is some output to look at.
  await server.until('it has run for a while', async () => Date.now() - Date.parse((await server.api('GET', `/executions/${live}`)).started_at) > 30_000, 60_000);
  mkdirSync(folder, { recursive: true });
  const PICTURES = [
    ['overview', '/ui/overview', {}, '.spans strong'],
    ['tasks', '/ui/tasks', { dark: true }, 'tr[data-id] .strip'],
    ['task', `/ui/tasks/${made[0].id}`, {}, '.weeks'],
    ['execution', `/ui/executions/${live}`, { dark: true }, '.line'],
  ];
  for (const [name, path, look, ready] of PICTURES) {
    const { page, context } = await openPage(browser, server, look);
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.goto(path);
    await page.locator(ready).first().waitFor({ timeout: 60_000 });
    await page.waitForFunction(() => !document.querySelector('[aria-busy=true]'));
    await page.waitForTimeout(1200);
    await page.screenshot({ path: join(folder, `${name}.png`) });
    await context.close();
  }
} finally {
  await browser.close();
  await server.stop();
}
