// What the page shows and does when the connection, the session or the answer is not what it seemed.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openPage } from './harness.mjs';
import { fixture } from './shared.mjs';

const WORDS = 'a long enough password';
// Longer than two heartbeats of the server, and than an answer is waited for.
const SILENCE_MS = 40_000;

describe('connection', () => {
  const at = fixture();
  const notice = (page) => page.getByRole('alert').getByText('The connection to the server is lost');
  const isLive = (page) => page.locator('.live.live').waitFor();

  // Somebody with a session of his own, at the list of tasks.
  async function as(name, role, work) {
    const { server, browser } = at;
    const user = await server.api('POST', '/users', { username: name, password: WORDS, role });
    const opened = await openPage(browser, server, { strange: true });
    try {
      const { page } = opened;
      await page.goto('/login');
      await page.getByLabel('User name').fill(name);
      await page.getByLabel('Password').fill(WORDS);
      await page.keyboard.press('Enter');
      await page.waitForURL('**/ui/tasks');
      await isLive(page);
      await work({ ...opened, user });
    } finally {
      await opened.context.close();
    }
  }
  async function remove(page, name) {
    await page.getByRole('button', { name: `More for ${name}` }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await at.row(name).waitFor({ state: 'detached' });
  }
  const gone = (id) =>
    at.server.until('it is deleted', () => at.server.api('GET', `/tasks/${id}`).then(() => false, (error) => String(error).includes('404')));

  test('one that dies without a word is shown as lost, what got no answer is taken back, and all is right again after it', async () => {
    const { page, server, create } = at;
    const task = await create('silent one');
    await page.clock.install();
    await page.goto('/ui/tasks?search=silent');
    await isLive(page);
    server.freeze();
    try {
      await page.getByRole('button', { name: 'Pause silent one' }).click();
      await page.getByRole('button', { name: 'Resume silent one' }).waitFor();
      await page.clock.fastForward(SILENCE_MS);
      await notice(page).waitFor();
      await page.getByText('silent one was not paused: The server has not answered for 30 s.').waitFor();
      await page.getByRole('button', { name: 'Pause silent one' }).waitFor();
    } finally {
      server.thaw();
    }
    await notice(page).waitFor({ state: 'detached' });
    // The request may have reached it after all.
    await server.until('the row tells what the server has', async () => {
      const { status } = await server.api('GET', `/tasks/${task.id}`);
      return page.getByRole('button', { name: `${status === 'PAUSED' ? 'Resume' : 'Pause'} silent one` }).isVisible();
    });
  });

  test('a network that is gone is shown at once, and one that is back too', async () => {
    const { page, context } = at;
    await page.goto('/ui/tasks');
    await isLive(page);
    await context.setOffline(true);
    await notice(page).waitFor();
    await context.setOffline(false);
    await notice(page).waitFor({ state: 'detached' });
  });

  test('a session that is ended elsewhere leads to the log-in', async () => {
    await as('ended-elsewhere', 'viewer', async ({ page, context }) => {
      const answer = await context.request.post('/auth/logout', { headers: { origin: at.server.url } });
      assert.ok(answer.ok());
      await page.waitForURL(/\/login\?next=/);
    });
    await as('disabled-now', 'viewer', async ({ page, user }) => {
      await at.server.api('PATCH', `/users/${user.id}`, { disabled: true });
      await page.waitForURL(/\/login\?next=/);
    });
  });

  test('a new role changes what the page offers', async () => {
    await at.create('for the operator');
    await as('promoted', 'viewer', async ({ page, user }) => {
      await page.getByRole('link', { name: 'for the operator' }).waitFor();
      assert.equal(await page.getByRole('button', { name: 'Run for the operator' }).count(), 0);
      await at.server.api('PATCH', `/users/${user.id}`, { role: 'operator' });
      await page.getByRole('button', { name: 'Run for the operator' }).waitFor();
      assert.match(page.url(), /\/ui\/tasks$/);
    });
  });

  test('one who changes his own password stays where he is', async () => {
    await as('renewed', 'viewer', async ({ page }) => {
      await page.getByRole('button', { name: /renewed/ }).click();
      await page.getByRole('menuitem', { name: 'Change password' }).click();
      await page.getByLabel('Current password').fill(WORDS);
      await page.getByLabel('New password').fill('another long password');
      await page.getByRole('dialog').getByRole('button', { name: 'Change password' }).click();
      await page.locator('dialog[open]').waitFor({ state: 'detached' });
      // The stream ended with the old session; it begins again with the new one.
      await isLive(page);
      await page.mouse.move(0, 0); // Rows under a pointer would keep their places.
      const created = await at.create('seen by the new session');
      await page.getByRole('link', { name: created.name }).waitFor();
    });
  });

  test('a pause that is refused is taken back, and the reason said', async () => {
    const { page, create } = at;
    await create('stubborn');
    await page.goto('/ui/tasks?search=stubborn');
    let answer;
    const asked = new Promise((resolve) => (answer = resolve));
    await page.route('**/tasks/*/pause', async (route) => {
      await asked;
      await route.fulfill({ status: 409, contentType: 'application/problem+json', body: '{"title":"Conflict","status":409,"detail":"not now"}' });
    });
    await page.getByRole('button', { name: 'Pause stubborn' }).click();
    await page.getByRole('button', { name: 'Resume stubborn' }).waitFor();
    answer();
    await page.getByText('stubborn was not paused: not now').waitFor();
    await page.getByRole('button', { name: 'Pause stubborn' }).waitFor();
  });

  test('a delete is carried out by whoever logs out before it was', async () => {
    const { page } = at;
    await as('leaver', 'editor', async ({ page: mine }) => {
      const task = await at.create('left at the log-out');
      await mine.goto('/ui/tasks?search=left');
      at.row = (name) => mine.locator('tr[data-id]', { hasText: name });
      await remove(mine, 'left at the log-out');
      await mine.getByRole('button', { name: /leaver/ }).click();
      await mine.getByRole('menuitem', { name: 'Log out' }).click();
      await mine.waitForURL('**/login');
      await gone(task.id);
    });
    at.row = (name) => page.locator('tr[data-id]', { hasText: name });
  });

  test('a delete is carried out by whoever closes the page before it was', async () => {
    const { context, create } = at;
    const task = await create('left by closing');
    const tab = await context.newPage();
    at.row = (name) => tab.locator('tr[data-id]', { hasText: name });
    await tab.goto('/ui/tasks?search=left');
    await remove(tab, 'left by closing');
    await tab.close({ runBeforeUnload: true });
    at.row = (name) => at.page.locator('tr[data-id]', { hasText: name });
    await gone(task.id);
  });

  test('a page asks once for what it shows, and again after a gap', async () => {
    const { page, server, create, run, ended } = at;
    await ended(await run(await create('asked once')));
    await page.clock.install();
    for (const path of ['/ui/overview', '/ui/tasks', '/ui/executions']) {
      const asked = new Map();
      const count = (request) => {
        if (/^\/(api|tasks|executions)\b/.test(new URL(request.url()).pathname)) asked.set(request.url(), (asked.get(request.url()) ?? 0) + 1);
      };
      page.on('request', count);
      let twice;
      // What other tests left may change meanwhile, such as when retention deletes it; hardly each time.
      for (let tries = 0; tries < 3 && twice?.length !== 0; tries += 1) {
        asked.clear();
        await page.goto(path);
        await isLive(page);
        await page.waitForFunction(() => document.querySelector('h1') && !document.querySelector('[aria-busy=true]'));
        await page.clock.runFor(3000);
        twice = [...asked].filter(([, times]) => times > 1);
      }
      assert.deepEqual(twice, [], path);
      const again = page.waitForRequest((request) => asked.has(request.url()));
      await server.end();
      await notice(page).waitFor();
      await server.start();
      await again;
      page.off('request', count);
    }
  });
});
