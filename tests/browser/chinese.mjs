// What the server says, on a Chinese page: it speaks English, and the page puts it into Chinese.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openPage } from './harness.mjs';
import { fixture, shared } from './shared.mjs';

describe('Chinese', () => {
  const at = fixture();
  const opened = (options) => openPage(shared.browser, shared.server, { language: 'zh', ...options });

  test('a wrong schedule is explained, beside the field', async () => {
    const { page, context } = await opened();
    try {
      await page.goto('/ui/tasks/create');
      await page.locator('input[name=cron]').fill('0 25 * * *');
      await page.getByText('小时 25 超出范围 0-23').waitFor();
    } finally {
      await context.close();
    }
  });

  test('a line of a crontab is refused in whole sentences', async () => {
    const { page, context } = await opened();
    try {
      await page.goto('/ui/tasks');
      await page.getByRole('button', { name: '导入 crontab' }).click();
      await page.getByRole('dialog').getByRole('textbox', { name: '导入 crontab' }).fill('@fortnightly true\n');
      await page.getByText('第 1 行：没有别名“@fortnightly”（第 1 列）；可用 @yearly').waitFor();
    } finally {
      await context.close();
    }
  });

  test('a name that is taken, and what else is wrong with an account', async () => {
    const { page, context } = await opened({ strange: true });
    try {
      await page.goto('/register');
      const [name, password] = [page.locator('input[name=username]'), page.locator('input[name=password]')];
      const send = page.getByRole('button', { name: '创建账号' });
      await name.fill('admin');
      await password.fill('a password of its own');
      await send.click();
      await page.getByText('用户名“admin”已被占用；请换一个').waitFor();
      await name.fill('Not/A name');
      await send.click();
      await page.getByText(/必须是 1 至 \d+ 个字符：小写字母、数字/).waitFor();
    } finally {
      await context.close();
    }
  });

  test('why runs failed, on each page that says it', async () => {
    const failing = await at.create('失败的', { command: 'exit 3', retry: { max_attempts: 2, initial_delay_s: 0 } });
    const nowhere = await at.create('无目录', { working_dir: '/nowhere' });
    const runs = [await at.run(failing), await at.run(nowhere)];
    for (const id of runs) await at.ended(id);
    const { page, context } = await opened();
    try {
      const folder = '启动失败：工作目录“/nowhere”：没有该文件或目录';
      await page.goto('/ui/overview');
      await page.getByText(folder).first().waitFor();
      await page.getByText('退出码 3').first().waitFor();
      await page.goto('/ui/executions');
      await page.getByText('第 2 次尝试（共 2 次）失败：退出码 3').first().waitFor();
      await page.getByText(folder).first().waitFor();
      await page.goto(`/ui/executions/${runs[1]}`);
      await page.getByText(folder).first().waitFor();
    } finally {
      await context.close();
      for (const task of [failing, nowhere]) await at.server.api('DELETE', `/tasks/${task.id}`);
    }
  });

  test('why a fire did not run, with times of the reader', async () => {
    const task = await at.create('问起的', { cron: '0 * * * *' });
    const { page, context } = await opened();
    try {
      await page.goto(`/ui/tasks/${task.id}`);
      await page.locator('#tab-why').click();
      await page.locator('input[type=datetime-local]').fill('2020-01-01T10:00:01');
      await page.getByRole('button', { name: '查询' }).click();
      await page.getByText(/^任务尚不存在，创建于 (\d+月\d+日 )?\d\d:\d\d:\d\d$/).waitFor();
    } finally {
      await context.close();
      await at.server.api('DELETE', `/tasks/${task.id}`);
    }
  });

  test('every setting is explained, and every deed of the audit has a word', async () => {
    const { page, context } = await opened();
    try {
      await page.goto('/ui/admin/system');
      await page.getByText('监听地址').waitFor();
      const helps = await page.locator('td.help').allInnerTexts();
      assert.ok(helps.length > 20);
      assert.deepEqual(helps.filter((text) => !/[\u4e00-\u9fff]/.test(text)), []);
      await page.goto('/ui/admin/audit');
      await page.locator('tr.entry', { hasText: '创建任务' }).first().waitFor();
      assert.ok(!/(task|user|auth)\.[a-z]/.test(await page.locator('main').innerText()));
    } finally {
      await context.close();
    }
  });
});
