// Secrets, sessions, the second factor and the link of the first start, on the page.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { before, describe, test } from 'node:test';
import { openPage, startServer } from './harness.mjs';
import { shared } from './shared.mjs';

const WORDS = 'a long enough password';

// What an authenticator app shows for a key in base32.
function oneTimeCode(key, at = Date.now()) {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...key.replaceAll(' ', '')].map((letter) => letters.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const bytes = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)));
  const mac = createHmac('sha1', bytes).update(counter).digest();
  return String((mac.readUInt32BE(mac.at(-1) & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

describe('security', () => {
  let server, browser;
  before(() => ({ server, browser } = shared));

  async function logIn(page, name, code) {
    await page.goto('/login');
    await page.getByLabel('User name').fill(name);
    await page.getByLabel('Password').fill(WORDS);
    await page.keyboard.press('Enter');
    if (code) {
      await page.getByLabel('One-time code').fill(code);
      await page.keyboard.press('Enter');
    }
    await page.waitForURL('**/ui/tasks');
  }

  test('a secret is set, replaced and deleted, and its value is never shown', async () => {
    const { page, context, complaints } = await openPage(browser, server);
    try {
      await page.goto('/ui/admin/secrets');
      await page.getByRole('button', { name: 'New secret' }).click();
      await page.getByLabel('Name').fill('db.password');
      await page.getByLabel('Value').fill('canary in the page');
      await page.getByRole('button', { name: 'Save' }).click();
      const row = page.locator('tbody tr', { hasText: 'db.password' });
      await row.getByRole('button', { name: 'Replace' }).click();
      assert.equal(await page.getByLabel('Value').inputValue(), '');
      await page.getByLabel('Value').fill('another canary');
      await page.getByRole('button', { name: 'Save' }).click();
      await page.locator('dialog[open]').waitFor({ state: 'detached' });
      await page.reload();
      await row.waitFor();
      assert.ok(!(await page.content()).includes('canary'));
      await row.getByRole('button', { name: 'Delete' }).click();
      await page.locator('dialog[open]').getByRole('button', { name: 'Delete' }).click();
      await page.getByText('No secrets.').waitFor();
      assert.deepEqual(complaints, []);
    } finally {
      await context.close();
    }
  });

  test('a second factor is turned on, asked for at the next log-in, and other sessions are ended', async () => {
    await server.api('POST', '/users', { username: 'tess', password: WORDS, role: 'viewer' });
    const first = await openPage(browser, server, { strange: true });
    const second = await openPage(browser, server, { strange: true });
    try {
      await logIn(first.page, 'tess');
      await first.page.getByRole('button', { name: /tess/ }).click();
      await first.page.getByText('Log-ins and second factor').click();
      const dialog = first.page.locator('dialog[open]');
      await dialog.getByRole('button', { name: 'Turn on' }).click();
      await dialog.getByLabel('Current password').fill(WORDS);
      await first.page.keyboard.press('Enter');
      const key = await dialog.locator('pre').textContent();
      const now = Date.now();
      await dialog.getByLabel('One-time code').fill('000000');
      await first.page.keyboard.press('Enter');
      await dialog.getByText('That code is wrong').waitFor();
      await dialog.getByLabel('One-time code').fill(oneTimeCode(key, now));
      await first.page.keyboard.press('Enter');
      await dialog.getByText('Keep these recovery codes').waitFor();

      await logIn(second.page, 'tess', oneTimeCode(key, now + 30_000));
      await second.page.getByRole('button', { name: /tess/ }).click();
      await second.page.getByText('Log-ins and second factor').click();
      await second.page.getByText('Where you are logged in').waitFor();
      await second.page.getByRole('button', { name: 'Log out everywhere else' }).click();
      await second.page.getByText('Logged out there').waitFor();
      await first.page.goto('/ui/tasks');
      await first.page.waitForURL(/\/login/);
    } finally {
      await first.context.close();
      await second.context.close();
    }
  });

  test('the link of the first start leads to a password and in', async () => {
    const fresh = await startServer();
    const { page, context, complaints } = await openPage(browser, fresh, { strange: true });
    try {
      const link = /\/login#first-run=\S+/.exec(fresh.output())[0];
      await page.goto(link);
      await page.getByLabel('New password').fill('password');
      await page.getByRole('button', { name: 'Choose it and log in' }).click();
      await page.getByText('most common').waitFor();
      await page.getByLabel('New password').fill(WORDS);
      await page.getByRole('button', { name: 'Choose it and log in' }).click();
      await page.waitForURL('**/ui/tasks');
      assert.deepEqual(complaints.filter((line) => !line.includes('422')), []);
    } finally {
      await context.close();
      await fresh.stop();
    }
  });
});
