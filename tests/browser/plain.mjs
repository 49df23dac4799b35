// Without JavaScript: forms that the browser posts by itself, and pages that the server answers with.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openPage, PASSWORD } from './harness.mjs';
import { shared } from './shared.mjs';

describe('without JavaScript', () => {
  const opened = (options) => openPage(shared.browser, shared.server, { javaScriptEnabled: false, ...options });

  test('one logs in and makes a task', async () => {
    const { page, context } = await opened({ strange: true });
    try {
      await page.goto('/ui/tasks');
      await page.getByLabel(/User name/).fill('admin');
      await page.getByLabel(/Password/).fill(PASSWORD);
      await page.getByRole('button', { name: /Log in/ }).click();
      await page.goto('/ui/tasks');
      await page.getByLabel(/^Name/).fill('made by a form');
      await page.getByLabel(/^Command/).fill('echo plain');
      await page.getByRole('button', { name: /Create/ }).click();
      await page.waitForURL(/\/ui\/tasks/);
      assert.equal((await shared.server.api('GET', '/tasks?search=made+by+a+form')).total, 1);
    } finally {
      await context.close();
    }
  });

  for (const [language, back] of [['en', 'Back to the tasks'], ['zh', '返回任务列表']]) {
    test(`a posted form is answered with what was done and the way back: ${language}`, async () => {
      const { page, context } = await opened({ language });
      try {
        const task = await shared.server.api('POST', '/tasks', { name: `posted ${language}`, cron: '0 0 1 1 *', command: 'true' });
        const other = await shared.server.api('POST', '/tasks', { name: `posted too ${language}`, cron: '0 0 1 1 *', command: 'true' });
        const post = async (path, fields = {}) => {
          const inputs = Object.entries(fields).map(([name, value]) => `<input name="${name}" value="${value}">`).join('');
          await page.route('**/form-of-the-test', (route) => route.fulfill({ contentType: 'text/html', body: `<form method="post" action="${path}">${inputs}<button>go</button></form>` }));
          await page.goto('/form-of-the-test');
          await page.getByRole('button', { name: 'go' }).click();
          await page.unroute('**/form-of-the-test');
        };
        for (const deed of ['run', 'toggle', 'delete']) {
          await post(`/ui/tasks/${task.id}/${deed}`);
          await page.getByText(`posted ${language}`).first().waitFor();
          await page.getByRole('link', { name: back }).waitFor();
        }
        await post('/ui/tasks/bulk/pause', { ids: other.id });
        await page.getByText(`posted too ${language}`).first().waitFor();
        await page.getByRole('link', { name: back }).click();
        assert.match(page.url(), /\/ui\/tasks$/);
      } finally {
        await context.close();
      }
    });
  }
});
