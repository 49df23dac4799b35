// Without JavaScript: forms that the browser posts by itself, and pages that the server answers with.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { accessibilityFindings, openPage, PASSWORD } from './harness.mjs';
import { shared } from './shared.mjs';

describe('without JavaScript', () => {
  const opened = (options) => openPage(shared.browser, shared.server, { javaScriptEnabled: false, ...options });

  test('one logs in, makes a task, runs, changes, pauses and deletes it, and logs out', async () => {
    const { page, context, complaints } = await opened({ strange: true });
    const { server } = shared;
    const button = (name) => page.getByRole('button', { name });
    const toTheTask = async (name) => {
      await page.goto('/plain');
      await page.getByLabel('Search').fill(name);
      await page.getByRole('search').getByRole('button').click();
      await page.getByRole('link', { name, exact: true }).click();
      await page.getByRole('heading', { name, level: 1 }).waitFor();
    };
    try {
      await page.goto('/ui/tasks');
      await page.waitForURL(/\/login\/plain$/);
      await page.getByLabel('User name').fill('admin');
      await page.getByLabel('Password').fill('not this one');
      await button('Log in').click();
      await page.getByText('the user name or the password is wrong').waitFor();
      assert.equal(await page.getByLabel('User name').inputValue(), 'admin');
      await page.getByLabel('Password').fill(PASSWORD);
      await button('Log in').click();
      await page.waitForURL(/\/plain$/);

      await page.getByRole('textbox', { name: 'Name', exact: true }).fill('made by a form');
      await page.getByRole('textbox', { name: 'Command', exact: true }).fill('echo plain');
      await button('Create').click();
      await page.waitForURL(/\/plain\/tasks\/\d+$/);
      await page.getByRole('heading', { name: 'made by a form', level: 1 }).waitFor();
      const [task] = (await server.api('GET', '/tasks?search=made+by+a+form')).items;
      assert.equal(task.command, 'echo plain');

      await button('Run made by a form').click();
      await page.getByText('runs as execution').waitFor();
      await server.until('it ran', async () => (await server.api('GET', `/tasks/${task.id}/executions`)).items[0]?.status === 'SUCCESS');
      await page.getByRole('link', { name: 'Back to the tasks' }).click();
      await page.waitForURL(/\/plain$/);
      await toTheTask('made by a form');
      const run = page.getByRole('row').nth(1);
      await run.getByText('Success').waitFor();
      await run.getByText('plain', { exact: true }).waitFor();

      await page.getByRole('textbox', { name: 'Command', exact: true }).fill('echo one\necho two');
      await page.getByLabel('Tags').fill('a, b');
      await button('Save').click();
      await page.waitForURL(/\/plain\/tasks\/\d+$/);
      const changed = await server.api('GET', `/tasks/${task.id}`);
      assert.deepEqual([changed.command, changed.tags, changed.timeout_s], ['echo one\necho two', ['a', 'b'], task.timeout_s]);

      await button('Pause made by a form').click();
      await page.getByText('is paused').waitFor();
      await toTheTask('made by a form');
      await page.getByText('Paused').waitFor();

      await page.getByRole('link', { name: 'Delete' }).click();
      await page.getByRole('heading', { name: 'Delete these tasks?' }).waitFor();
      await page.getByRole('link', { name: 'Keep them' }).click();
      assert.equal((await server.api('GET', '/tasks?search=made+by+a+form')).total, 1);
      await page.goBack();
      await button('Delete').click();
      await page.getByText('deleted').waitFor();
      assert.equal((await server.api('GET', '/tasks?search=made+by+a+form')).total, 0);

      await page.goto('/ui/overview');
      await button('Log out').click();
      await page.waitForURL(/\/login\/plain$/);
      await page.goto('/plain');
      await button('Log in').waitFor();
      assert.deepEqual(complaints.filter((text) => !/status of 401/.test(text)), []);
    } finally {
      await context.close();
    }
  });

  test('a page of a task is led to the plain one of the same task', async () => {
    const { page, context } = await opened();
    try {
      const task = await shared.server.api('POST', '/tasks', { name: 'led to', cron: '0 0 1 1 *', command: 'true' });
      for (const path of [`/ui/tasks/${task.id}`, `/ui/tasks/${task.id}/edit`]) {
        await page.goto(path);
        await page.waitForURL(`**/plain/tasks/${task.id}`);
      }
    } finally {
      await context.close();
    }
  });

  test('an edit that another overtook says what stands now, and keeps what was typed', async () => {
    const { page, context } = await opened();
    const { server } = shared;
    try {
      const task = await server.api('POST', '/tasks', { name: 'overtaken', cron: '0 0 1 1 *', command: 'true' });
      await page.goto(`/plain/tasks/${task.id}`);
      await page.getByLabel('Description').fill('typed here');
      await server.api('PATCH', `/tasks/${task.id}`, { cron: '5 5 5 5 *' });
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByText('changed by somebody else').waitFor();
      await page.getByText('Now: 5 5 5 5 *').waitFor();
      assert.equal((await server.api('GET', `/tasks/${task.id}`)).cron, '5 5 5 5 *');
      await page.getByLabel('Schedule').fill('5 5 5 5 *');
      await page.getByRole('button', { name: 'Save' }).click();
      await page.waitForURL(/\/plain\/tasks\/\d+$/);
      const { cron, description } = await server.api('GET', `/tasks/${task.id}`);
      assert.deepEqual([cron, description], ['5 5 5 5 *', 'typed here']);
    } finally {
      await context.close();
    }
  });

  test('the chosen tasks are paused together, and what was not done is said first', async () => {
    const { page, context } = await opened();
    const { server } = shared;
    try {
      const tasks = [];
      for (const name of ['plain one', 'plain two', 'plain gone']) tasks.push(await server.api('POST', '/tasks', { name, cron: '0 0 1 1 *', command: 'true' }));
      await page.goto('/plain?search=plain+');
      for (const { name } of tasks) await page.getByRole('checkbox', { name }).check();
      await server.api('DELETE', `/tasks/${tasks[2].id}`);
      await page.getByRole('button', { name: 'Pause', exact: true }).click();
      await page.getByRole('heading', { name: '1 of 3 not done' }).waitFor();
      const { items } = await server.api('GET', '/tasks?search=plain%20&status=PAUSED');
      assert.deepEqual(items.map(({ name }) => name), ['plain one', 'plain two']);
    } finally {
      await context.close();
    }
  });

  for (const dark of [false, true]) {
    test(`the plain pages are accessible on a phone: ${dark ? 'dark, Chinese' : 'light, English'}`, async () => {
      const hostile = `<img src=x onerror=alert(1)> "quoted" & ''`;
      const task = await shared.server.api('POST', '/tasks', { name: hostile, description: '</textarea><script>alert(1)</script>', cron: '0 0 1 1 *', command: `echo '<b>bold</b>'` });
      const { execution_id: id } = await shared.server.api('POST', `/tasks/${task.id}/run`, {});
      await shared.server.until('it ran', async () => !/PENDING|RUNNING/.test((await shared.server.api('GET', `/executions/${id}`)).status));
      // With scripts, for the checks alone: these pages have none.
      const { page, context } = await opened({ language: dark ? 'zh' : 'en', dark, phone: true, javaScriptEnabled: true });
      try {
        for (const path of ['/plain?search=onerror', `/plain/tasks/${task.id}`, `/plain/delete?ids=${task.id}`, '/login/plain']) {
          await page.goto(path);
          assert.deepEqual(await accessibilityFindings(page), [], path);
          assert.equal(await page.locator('img, script, main b').count(), 0, path);
          assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${path} is wider than the phone`);
          const beside = await page.locator('main td, main button').evaluateAll((all) => all.filter((one) => one.closest('.tasks') && one.getBoundingClientRect().right > innerWidth).length);
          assert.equal(beside, 0, `${path}: a part of the list is beside the phone`);
        }
        await page.goto(`/plain/tasks/${task.id}`);
        await page.getByRole('heading', { name: hostile, level: 1 }).waitFor();
        await page.getByRole('cell', { name: '<b>bold</b>' }).waitFor();
        assert.equal(await page.locator('textarea[name=description]').inputValue(), '</textarea><script>alert(1)</script>');
      } finally {
        await context.close();
        await shared.server.api('DELETE', `/tasks/${task.id}`);
      }
    });
  }

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
        await page.waitForURL(/\/plain$/);
      } finally {
        await context.close();
      }
    });
  }
});
