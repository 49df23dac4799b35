// How heavy the page is, by the browser's own count.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { generate } from '../../web/scripts/generate-api.mjs';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openPage, startServer } from './harness.mjs';
import { fixture } from './shared.mjs';

const MOST_BYTES = 150 * 1024;

// All that the browser was sent until the page showed what it was asked for and was live; what comes as it happens aside.
async function weigh(page, context, path) {
  let bytes = 0;
  const kinds = new Map();
  const client = await context.newCDPSession(page);
  await client.send('Network.enable');
  client.on('Network.responseReceived', ({ requestId, response }) => kinds.set(requestId, response.url));
  client.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => (bytes += kinds.get(requestId)?.includes('/events') ? 0 : encodedDataLength));
  await page.clock.install();
  await page.goto(path);
  await page.waitForFunction(() => document.querySelector('h1') && !document.querySelector('[aria-busy=true]'));
  await page.waitForLoadState('load');
  if (path.startsWith('/ui/')) await page.locator('.live.live').waitFor();
  // What would be asked for a second time, is now.
  await page.clock.runFor(2000);
  await page.waitForFunction(() => !document.querySelector('[aria-busy=true]'));
  return bytes;
}

describe('weight', () => {
  const at = fixture();

  for (const path of ['/login', '/ui/overview', '/ui/tasks', '/ui/tasks/create', '/ui/timeline']) {
    test(`the first load of ${path} stays under 150 KB compressed in all`, async () => {
      const bytes = await weigh(at.page, at.context, path);
      assert.ok(bytes > 10_000 && bytes < MOST_BYTES, `${bytes} bytes`);
    });
  }

  test('a past of a year makes no page heavier than that, be it a task, an execution or for admins', async () => {
    const server = await startServer();
    try {
      for (const name of ['check mirrors', 'rotate logs', 'sync product images', 'rebuild search index', 'nightly database backup', 'daily sales report'])
        await server.api('POST', '/tasks', { name, cron: '0 0 1 1 *', command: 'true' });
      await server.end();
      const filled = spawnSync('/usr/bin/python3', [fileURLToPath(new URL('history.py', import.meta.url)), join(server.folder, 'data/scheduler.db')], { encoding: 'utf8' });
      assert.equal(filled.status, 0, filled.stderr);
      await server.start();
      // With an output of a thousand lines, as a build or a backup writes it.
      const loud = await server.api('POST', '/tasks', { name: 'loud', cron: '@yearly', command: 'for i in $(seq 1000); do echo "2026-01-01 12:00:00 INFO file $i of 1000: $((i * 7919 % 99991)) bytes copied"; done' });
      const { execution_id: run } = await server.api('POST', `/tasks/${loud.id}/run`, {});
      await server.until('it is over', async () => (await server.api('GET', `/executions/${run}`)).status === 'SUCCESS');
      const OWN = ['/ui/overview', '/ui/tasks', '/ui/tasks/create', '/ui/tasks/1', '/ui/tasks/1/edit', '/ui/executions', `/ui/executions/${run}`, '/ui/timeline?zoom=week', '/ui/upcoming?days=30'];
      const ADMIN = ['users', 'tokens', 'secrets', 'audit', 'system'].map((name) => `/ui/admin/${name}`);
      for (const path of [...OWN, ...ADMIN]) {
        const { page, context } = await openPage(at.browser, server);
        try {
          const bytes = await weigh(page, context, path);
          assert.ok(bytes > 10_000 && bytes < MOST_BYTES, `${path}: ${bytes} bytes`);
        } finally {
          await context.close();
        }
      }
    } finally {
      await server.stop();
    }
  });

  test('the files and the data of a page are asked for beside its entry, not after it, and once', async () => {
    const { page, context, create } = at;
    await create('weighed');
    const client = await context.newCDPSession(page);
    await client.send('Network.enable');
    const asked = new Set();
    let data = [];
    client.on('Network.requestWillBeSent', ({ request }) => {
      const { pathname } = new URL(request.url);
      if (/^\/assets\/.*\.(js|css)$/.test(pathname)) asked.add(pathname);
      if (pathname === '/auth/me' || pathname === '/tasks') data.push(pathname);
    });
    // Without its entry nothing of the page runs: what is asked for then, is asked for at once.
    await page.route(/\/assets\/index-.*\.js$/, (route) => route.abort());
    await page.goto('/ui/tasks');
    const early = new Set(asked);
    assert.deepEqual(data.sort(), ['/auth/me', '/tasks']);
    data = [];
    await page.unroute(/\/assets\/index-.*\.js$/);
    await page.goto('/ui/tasks');
    await page.locator('tr[data-id]').first().waitFor();
    const late = [...asked].filter((path) => path.endsWith('.js') && !early.has(path));
    assert.deepEqual(late, []);
    assert.deepEqual(data.filter((path) => path === '/auth/me'), ['/auth/me']);
    assert.ok(early.size >= 5, `${early.size} files`);
  });

  test('the types of the page are those of the server', async () => {
    const written = readFileSync(new URL('../../web/src/api/schema.ts', import.meta.url), 'utf8');
    assert.equal(written, await generate(`${at.server.url}/openapi.json`), 'make api-types writes them anew');
  });
});
