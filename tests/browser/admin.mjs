// Accounts, tokens, the audit and the settings.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { accessibilityFindings, openPage, PHONE } from './harness.mjs';
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
    const token = await dialog.locator('.secret').textContent();
    const asked = await fetch(`${at.server.url}/tasks`, { headers: { authorization: `Bearer ${token.trim()}` } });
    assert.equal(asked.status, 200);
    await page.reload();
    const line = page.locator('tr', { hasText: 'for a script' });
    await line.waitFor();
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
