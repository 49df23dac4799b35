// Accounts, tokens, the audit and the settings.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { accessibilityFindings, openPage, PASSWORD, PHONE, startServer } from './harness.mjs';
import { fixture } from './shared.mjs';

describe('administration', () => {
  const at = fixture();

  test('the settings in force are told, with where each came from', async () => {
    const { page, server } = at;
    await page.goto('/ui/admin/system');
    const setting = (name) => page.locator('tr', { has: page.getByRole('rowheader', { name, exact: true }) });
    await setting('port').getByText('Flag: --port').waitFor();
    await setting('port').getByText(new URL(server.url).port, { exact: true }).waitFor();
    await setting('max_bytes').first().getByText('Environment: MINI_SCHEDULER_OUTPUT_MAX_BYTES').waitFor();
    await setting('level').getByText('Default', { exact: true }).waitFor();
    await page.locator('dl div', { hasText: 'Started' }).first().getByText(/^(now|\d+ (sec|min|hr)s? ago)/).waitFor();
    assert.deepEqual(at.complaints, []);
  });

  test('the settings in force are read on a phone too', async () => {
    const { page } = at;
    await page.setViewportSize(PHONE);
    await page.goto('/ui/admin/system');
    const cells = page.locator('td.value');
    await cells.first().waitFor();
    const widths = await cells.evaluateAll((all) => all.map((cell) => cell.getBoundingClientRect().width));
    assert.ok(Math.min(...widths) > 120, `as narrow as ${Math.min(...widths)} px`);
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)) <= 0);
  });

  test('a token is made, shown once, and revoked', async () => {
    const { page } = at;
    await page.goto('/ui/admin/tokens');
    await page.getByRole('button', { name: 'New token' }).click();
    const dialog = page.getByRole('dialog', { name: 'New token' });
    await dialog.getByLabel('Name').fill('for a script');
    await dialog.getByRole('button', { name: 'New token' }).click();
    const token = await dialog.locator('.shown-once').textContent();
    const asked = await fetch(`${at.server.url}/tasks`, { headers: { authorization: `Bearer ${token.trim()}` } });
    assert.equal(asked.status, 200);
    await page.reload();
    const line = page.locator('tr', { hasText: 'for a script' });
    await line.waitFor();
    // The distance is rounded down: 90 days are "in 2 mo".
    const end = new Date(Date.now() + 90 * 86_400_000).toLocaleDateString('en-GB', { day: 'numeric', month: 'short' });
    await line.getByText(end.replace('Sep ', 'Sept ')).waitFor();
    assert.equal(await page.getByText(token.trim()).count(), 0);
    await line.getByRole('button', { name: /Revoke/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
    await line.waitFor({ state: 'detached' });
  });

  test('a newcomer registers, sees and may not change', async () => {
    const stranger = await openPage(at.browser, at.server, { strange: true });
    try {
      const { page } = stranger;
      await page.goto('/register');
      await page.getByLabel('User name').fill('newcomer');
      await page.getByLabel('Password', { exact: true }).fill('a long enough one');
      await page.getByRole('button', { name: 'Create account' }).click();
      await page.waitForURL('**/ui/tasks');
      await page.locator('tr[data-id]').first().waitFor();
      assert.equal(await page.getByRole('link', { name: 'New task' }).count(), 0);
      assert.equal(await page.getByRole('link', { name: 'Users' }).count(), 0);
    } finally {
      await stranger.context.close();
    }
    await at.page.goto('/ui/admin/users');
    const line = at.page.locator('tr', { hasText: 'newcomer' });
    await line.getByRole('combobox').selectOption('editor');
    await at.server.until('the role is changed', async () => (await at.server.api('GET', '/users')).items.some(({ username, role }) => username === 'newcomer' && role === 'editor'));
  });

  test('a newcomer registers with the code of an invite, where only that is allowed', async () => {
    const server = await startServer({ MINI_SCHEDULER_AUTH_REGISTRATION: 'invite' });
    const admin = await openPage(at.browser, server, { strange: true });
    const stranger = await openPage(at.browser, server, { strange: true });
    try {
      await admin.page.goto('/login?next=/ui/admin/users');
      await admin.page.getByLabel('User name').fill('admin');
      await admin.page.getByLabel('Password', { exact: true }).fill(PASSWORD);
      await admin.page.getByRole('button', { name: 'Log in' }).click();
      await admin.page.getByRole('button', { name: 'New invite' }).click();
      const dialog = admin.page.getByRole('dialog');
      await dialog.getByLabel('Role').selectOption('editor');
      await dialog.getByRole('button', { name: 'New invite' }).click();
      const link = await dialog.locator('.shown-once').textContent();
      assert.deepEqual(await accessibilityFindings(admin.page), []);

      const { page } = stranger;
      await page.goto('/login');
      await page.getByRole('link', { name: 'Register' }).click();
      await page.getByLabel('User name').fill('invited');
      await page.getByLabel('Password', { exact: true }).fill('a long enough one');
      await page.getByLabel('Invite code').fill('guessed');
      await page.getByRole('button', { name: 'Create account' }).click();
      await page.getByRole('alert').getByText(/invite code is not valid/).waitFor();
      assert.deepEqual(await accessibilityFindings(page), []);
      await page.goto(link);
      assert.notEqual(await page.getByLabel('Invite code').inputValue(), '');
      await page.getByLabel('User name').fill('invited');
      await page.getByLabel('Password', { exact: true }).fill('a long enough one');
      await page.getByRole('button', { name: 'Create account' }).click();
      await page.waitForURL('**/ui/tasks');
      assert.equal((await server.api('GET', '/users')).items.find(({ username }) => username === 'invited').role, 'editor');
    } finally {
      await admin.context.close();
      await stranger.context.close();
      await server.stop();
    }
  });

  test('nobody is led to a registration that is closed', async () => {
    const server = await startServer({ MINI_SCHEDULER_AUTH_REGISTRATION: 'closed' });
    const { page, context } = await openPage(at.browser, server, { strange: true });
    try {
      const asked = page.waitForResponse('**/auth/register');
      await page.goto('/login');
      await asked;
      await page.getByRole('button', { name: 'Log in' }).waitFor();
      assert.equal(await page.getByRole('link', { name: 'Register' }).count(), 0);
      await page.goto('/register');
      await page.getByText('Registration is closed.').waitFor();
      assert.equal(await page.getByRole('button', { name: 'Create account' }).count(), 0);
    } finally {
      await context.close();
      await server.stop();
    }
  });

  test('an admin sets a password, takes a second factor away and deletes an account', async () => {
    const { page, server } = at;
    const user = await server.api('POST', '/users', { username: 'to.be.helped', password: 'a long pass phrase 1', role: 'operator' });
    await page.goto('/ui/admin/users');
    const menu = page.getByRole('button', { name: 'More for to.be.helped' });
    await menu.click();
    await page.getByRole('menuitem', { name: 'Set a password' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('New password', { exact: true }).fill('password');
    await dialog.getByRole('button', { name: 'Set a password' }).click();
    await dialog.getByText(/guess|common|known/i).waitFor();
    await dialog.getByLabel('New password', { exact: true }).fill('another long phrase 2');
    await dialog.getByRole('button', { name: 'Set a password' }).click();
    await dialog.waitFor({ state: 'detached' });
    const login = await fetch(`${server.url}/auth/login`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ username: 'to.be.helped', password: 'another long phrase 2' }) });
    assert.equal(login.status, 200);

    const reset = page.waitForResponse((answer) => answer.url().endsWith(`/users/${user.id}/second-factor`));
    await menu.click();
    await page.getByRole('menuitem', { name: 'Reset second factor' }).click();
    await dialog.getByRole('button', { name: 'Reset second factor' }).click();
    await reset;

    await menu.click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await dialog.getByText('Delete the account to.be.helped?').waitFor();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    assert.ok((await server.api('GET', '/users')).items.some(({ username }) => username === 'to.be.helped'));
    await menu.click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await page.locator('tr', { hasText: 'to.be.helped' }).waitFor({ state: 'detached' });
    assert.ok(!(await server.api('GET', '/users')).items.some(({ username }) => username === 'to.be.helped'));
  });

  test('what was wrong with a new user is forgotten with its dialog', async () => {
    const { page } = at;
    await page.goto('/ui/admin/users');
    await page.getByRole('button', { name: 'New user' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('User name').fill('admin');
    await dialog.getByLabel('Password').fill('a long enough one');
    await dialog.getByRole('button', { name: 'New user' }).click();
    await dialog.getByText(/taken|exists/).waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'New user' }).click();
    await dialog.getByLabel('User name').waitFor();
    assert.equal(await dialog.getByText(/taken|exists/).count(), 0);
    assert.equal(await dialog.getByLabel('User name').inputValue(), '');
  });

  test('secrets and the audit offer nothing that a role may not do', async () => {
    const { browser, server } = at;
    await server.api('POST', '/users', { username: 'an.editor', password: 'a long pass phrase 1', role: 'editor' });
    await server.api('PUT', '/secrets/SHOWN', { value: 'x' });
    const { page, context } = await openPage(browser, server, { strange: true });
    try {
      await page.goto('/login?next=/ui/admin/secrets');
      await page.getByLabel('User name').fill('an.editor');
      await page.getByLabel('Password', { exact: true }).fill('a long pass phrase 1');
      await page.getByRole('button', { name: 'Log in' }).click();
      await page.getByText('SHOWN').waitFor();
      for (const name of ['New secret', 'Replace', 'Delete']) assert.equal(await page.getByRole('button', { name }).count(), 0, name);
      await page.goto('/ui/admin/audit');
      await page.getByText('Your role does not allow this').waitFor();
      assert.equal(await page.getByRole('button', { name: 'Try again' }).count(), 0);
      assert.equal(await page.getByRole('combobox').count(), 0);
    } finally {
      await context.close();
      await server.api('DELETE', '/secrets/SHOWN');
    }
  });

  test('a browser that asks for what is not there is told so by the page', async () => {
    const { page, server } = at;
    for (const path of ['/nothing', '/ui/nothing', '/tasks/7/nothing/more', '/nothing/']) {
      await page.goto(path);
      await page.getByRole('heading', { name: 'Page not found' }).waitFor();
    }
    await page.goto('/ui/tasks/?search=x');
    await page.waitForURL('**/ui/tasks?search=x');
    const { page: chinese, context } = await openPage(at.browser, server, { language: 'zh' });
    try {
      await chinese.goto('/nothing');
      await chinese.getByRole('heading', { name: '页面不存在' }).waitFor();
    } finally {
      await context.close();
    }
    const asked = await fetch(`${server.url}/nothing`);
    assert.deepEqual([asked.status, asked.headers.get('content-type')], [404, 'application/problem+json']);
  });

  test('the audit tells who ran what, with a link to the execution', async () => {
    const { page } = at;
    const task = await at.create('run and told');
    const execution = await at.run(task);
    await page.goto(`/ui/admin/audit?object=task:${task.id}`);
    const entry = page.locator('tr.entry', { hasText: 'Task run' });
    await entry.getByText('127.0.0.1').waitFor();
    await entry.getByRole('link', { name: `Execution ${execution}` }).click();
    await page.waitForURL(`**/ui/executions/${execution}`);
  });

  test('the audit names who did what', async () => {
    await at.create('audited');
    await at.page.goto('/ui/admin/audit');
    await at.page.locator('tbody tr', { hasText: 'admin' }).first().waitFor();
    assert.deepEqual(at.complaints, []);
  });

  test('the audit is searched, and tells what changed', async () => {
    const { page, server, create } = at;
    const task = await create('changed once', { description: 'first words' });
    await server.api('PATCH', `/tasks/${task.id}`, { description: 'other words' });
    await create('of no interest');
    await page.goto('/ui/admin/audit');
    await page.locator('tr.entry', { hasText: 'of no interest' }).waitFor();
    await page.getByRole('combobox', { name: 'On' }).fill(`task:${task.id}`);
    await page.keyboard.press('Enter');
    await page.locator('tr.entry', { hasText: 'of no interest' }).waitFor({ state: 'detached' });
    await page.waitForURL(/object=task/);
    assert.equal(await page.locator('tr.entry').count(), 2);
    await page.getByRole('button', { name: 'Task changed' }).click();
    const changes = page.locator('tr.changes tbody tr');
    await changes.first().waitFor();
    assert.deepEqual((await changes.allInnerTexts()).map((text) => text.replace(/\s+/g, ' ')), ['Description first words other words']);
    await page.getByRole('link', { name: 'changed once' }).first().waitFor();
    // On a phone all of it is within the width.
    await page.setViewportSize(PHONE);
    const link = await page.getByRole('link', { name: 'changed once' }).first().boundingBox();
    assert.ok(link.x >= 0 && link.x + link.width <= PHONE.width);
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)) <= 0);
    assert.deepEqual(at.complaints, []);
  });

  test('the audit is searched by the words that it shows, and by names', async () => {
    const { page, server, create } = at;
    const task = await create('sought by name');
    await server.api('PATCH', `/tasks/${task.id}`, { description: 'changed' });
    await create('x'.repeat(120));
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.goto('/ui/admin/audit');
    const entries = page.locator('tr.entry');
    // A long name takes no room from what was done.
    const long = await entries.filter({ hasText: 'x'.repeat(120) }).first().locator('.what').boundingBox();
    assert.ok(long.width > 120, `${long.width}`);
    await page.getByRole('combobox', { name: 'What' }).selectOption('Task changed');
    await page.waitForURL(/action=task\.update/);
    await entries.filter({ hasText: 'Task created' }).first().waitFor({ state: 'detached' });
    await entries.filter({ hasText: 'sought by name' }).waitFor();
    await page.getByRole('combobox', { name: 'What' }).selectOption('Anything done');
    await entries.filter({ hasText: 'Task created' }).first().waitFor();
    const on = page.getByRole('combobox', { name: 'On' });
    await on.fill('Sought by name');
    await page.keyboard.press('Enter');
    await page.waitForURL(new RegExp(`object=task%3A${task.id}$`));
    await entries.filter({ hasText: 'xxx' }).waitFor({ state: 'detached' });
    assert.equal(await entries.count(), 2);
    assert.equal(await on.inputValue(), 'sought by name');
    assert.deepEqual(await accessibilityFindings(page), []);
    assert.deepEqual(at.complaints, []);
  });

  test('the audit is narrowed and asked for as one types, without Enter', async () => {
    const { page, server, create } = at;
    const task = await create('typed for');
    await server.api('POST', '/users', { username: 'auditor.two', password: 'a long pass phrase 1', role: 'viewer' });
    await create('not typed for');
    await page.goto('/ui/admin/audit');
    const entries = page.locator('tr.entry');
    await entries.filter({ hasText: 'not typed for' }).waitFor();
    const [who, on] = ['Who', 'On'].map((name) => page.getByRole('combobox', { name, exact: true }));
    await on.pressSequentially('typed');
    await entries.filter({ hasText: 'not typed for' }).waitFor({ state: 'detached' });
    await entries.filter({ hasText: 'typed for' }).waitFor();
    assert.equal(new URL(page.url()).search, '', 'what is only begun is asked for of nobody');
    await on.pressSequentially(' for');
    await page.waitForURL(new RegExp(`object=task%3A${task.id}$`));
    await entries.nth(1).waitFor({ state: 'detached' });
    await entries.filter({ hasText: 'typed for' }).waitFor();
    assert.equal(await on.evaluate((box) => box === document.activeElement && box.value), 'typed for');
    await on.fill('');
    await page.waitForURL((url) => url.search === '');
    await entries.filter({ hasText: 'not typed for' }).waitFor();
    // Nobody has been seen of that name: the server is asked, and what can be chosen stays.
    await who.pressSequentially('nobody.at.all');
    await page.waitForURL(/actor=nobody\.at\.all$/);
    await page.getByRole('status').getByText('Nothing of this kind is recorded.').waitFor();
    assert.ok((await page.locator('#known-actors option').count()) > 0);
    await who.fill('admin');
    await page.waitForURL(/actor=admin$/);
    await entries.filter({ hasText: 'not typed for' }).waitFor();
    await page.reload();
    await entries.filter({ hasText: 'not typed for' }).waitFor();
    assert.equal(await who.inputValue(), 'admin');
    assert.deepEqual(await accessibilityFindings(page), []);
    assert.deepEqual(at.complaints, []);
  });

  test('on a phone the last log-in of a user is on one line, and all of him in view', async () => {
    const { page, server } = at;
    if ((await server.api('GET', '/users')).items.length < 2) await server.api('POST', '/users', { username: 'on.a.phone', password: 'a long pass phrase 1', role: 'viewer' });
    await page.setViewportSize(PHONE);
    await page.goto('/ui/admin/users');
    const time = page.locator('tbody time').first();
    await time.waitFor();
    assert.equal(await time.evaluate((node) => node.getClientRects().length), 1);
    // What can be done with a user is in view nevertheless.
    const button = await page.getByRole('button', { name: /^(Disable|Enable)$/ }).first().boundingBox();
    assert.ok(button.x + button.width <= PHONE.width, `${button.x}`);
  });
});
