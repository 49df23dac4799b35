// Every page, in both languages and themes, on a desktop and on a phone: it shows its heading, nothing is
// complained of, axe finds nothing, and nothing runs over the edge. SHOTS=folder keeps pictures.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { accessibilityFindings, DESKTOP, openPage, PHONE } from './harness.mjs';
import { shared } from './shared.mjs';

let server, browser, execution, task;
describe('looks', () => {
  const SHOTS = process.env.SHOTS;

  before(async () => {
    ({ server, browser } = shared);
    const samples = [
      { name: 'nightly backup', cron: '30 2 * * *', command: 'echo saved', tags: ['ops', 'nightly'] },
      { name: 'check mirrors', cron: '*/15 * * * *', command: 'echo "looking…"; echo "mirror 3 is behind" >&2; exit 3', tags: ['ops'] },
      { name: '每日报表', cron: '0 9 * * 1-5', timezone: 'Asia/Shanghai', command: 'echo 完成', description: '发送到邮箱' },
      { name: 'long sync', cron: '@hourly', command: 'for i in 1 2 3 4 5 6 7 8 9; do printf "\\033[32mpart %s\\033[0m done\\n" $i; sleep 20; done', timeout_s: 0 },
      { name: 'once a year', cron: '0 0 1 1 *', command: 'true' },
    ];
    const made = [];
    for (const sample of samples) made.push(await server.api('POST', '/tasks', sample));
    await server.api('POST', `/tasks/${made[4].id}/pause`, undefined);
    const runs = [];
    for (const one of made.slice(0, 4)) runs.push((await server.api('POST', `/tasks/${one.id}/run`, {})).execution_id);
    await server.until('the failing run is over', async () => (await server.api('GET', `/executions/${runs[1]}`)).status === 'FAILED');
    await server.api('PATCH', `/tasks/${made[0].id}`, { command: 'echo saved; date' });
    execution = runs[1];
    task = made[0].id;
    if (SHOTS) mkdirSync(SHOTS, { recursive: true });
  });

  const PAGES = [
    ['login', () => '/login', { en: 'Log in', zh: '登录' }, { strange: true }],
    ['register', () => '/register', { en: 'Register', zh: '注册' }, { strange: true }],
    ['overview', () => '/ui/overview', { en: 'Overview', zh: '概览' }],
    ['tasks', () => '/ui/tasks', { en: 'Tasks', zh: '任务' }],
    ['create', () => '/ui/tasks/create', { en: 'New task', zh: '新建任务' }],
    ['task', () => `/ui/tasks/${task}`, { en: 'nightly backup', zh: 'nightly backup' }],
    ['edit', () => `/ui/tasks/${task}/edit`, { en: 'Edit nightly backup', zh: '编辑 nightly backup' }],
    ['executions', () => '/ui/executions', { en: 'Executions', zh: '执行记录' }],
    ['execution', () => `/ui/executions/${execution}`, { en: `check mirrors #`, zh: `check mirrors #` }],
    ['timeline', () => '/ui/timeline', { en: 'Timeline', zh: '时间线' }],
    ['upcoming', () => '/ui/upcoming', { en: 'Upcoming', zh: '即将触发' }],
    ['tokens', () => '/ui/admin/tokens', { en: 'API tokens', zh: '接口令牌' }],
    ['users', () => '/ui/admin/users', { en: 'Users', zh: '用户' }],
    ['secrets', () => '/ui/admin/secrets', { en: 'Secrets', zh: '密钥' }],
    ['first password', () => '/login#first-run=x', { en: 'Choose a password', zh: '设置密码' }, { strange: true }],
    ['audit', () => '/ui/admin/audit', { en: 'Audit', zh: '审计' }],
    ['system', () => '/ui/admin/system', { en: 'System', zh: '系统' }],
    ['missing', () => '/ui/no/such/page', { en: 'Page not found', zh: '页面不存在' }],
  ];
  // States of a page that one comes to by a deed: what is done, then what the console may say of it.
  const STATES = [
    ['tasks selected', () => '/ui/tasks', async (page) => {
      await page.locator('tbody input[type=checkbox]').first().check();
      await page.locator('.bar[role=region]').waitFor();
    }],
    ['execution unfolded', () => `/ui/executions/${execution}`, async (page) => {
      await page.locator('details summary').first().click();
      await page.locator('details .content').first().waitFor();
      await page.keyboard.press('Control+f');
      await page.locator('.find input').fill('mirror');
      await page.locator('.hit').first().waitFor();
    }],
    ['upcoming of an hour', () => '/ui/upcoming', async (page) => {
      await page.locator('button.cell').first().click();
      await page.locator('button.cell[aria-pressed=true]').waitFor();
      await page.locator('ul.fires a.name').first().waitFor();
      // Its list was scrolled into view, and the frame of the page may cover half of the hour.
      await page.evaluate(() => scrollTo(0, 0));
    }],
    ['task with a menu', () => `/ui/tasks/${task}`, async (page) => {
      await page.locator('main button[aria-haspopup]').click();
      await page.locator('[role=menuitem]').first().waitFor();
    }],
    ['backfill', () => `/ui/tasks/${task}`, async (page) => {
      await page.locator('main button[aria-haspopup]').click();
      await page.locator('[role=menuitem]').nth(1).click();
      await page.locator('dialog form').waitFor();
    }],
    ['a try', () => `/ui/tasks/${task}/edit`, async (page) => {
      await page.waitForFunction(() => document.querySelector('input[name=name]')?.value);
      await page.locator('.save button').nth(1).click();
      await page.locator('dialog .line').first().waitFor();
    }],
    ['wrong schedule', () => '/ui/tasks/create', async (page) => {
      await page.locator('input[name=cron]').fill('0 25 * * *');
      await page.locator('mark').waitFor();
    }, /status of 422/],
  ];
  // Pages: each language, each theme and each width, every one of them with the others at least once. States of a page:
  // each of them once.
  const LANGUAGES = [
    { language: 'en', looks: [{ dark: false, phone: false }, { dark: true, phone: true }], look: { dark: false, phone: false } },
    { language: 'zh', looks: [{ dark: true, phone: false }, { dark: false, phone: true }], look: { dark: true, phone: true } },
  ];

  for (const { language, looks, look } of LANGUAGES) {
    // One page for all that are logged in, and one for strangers: a browser that has seen the program's files is
    // quicker with the next. What is kept in it is forgotten in between.
    const opened = {};
    const open = async (strange = false) => {
      const one = (opened[strange] ??= await openPage(browser, server, { language, strange }));
      one.complaints.length = 0;
      return one;
    };
    const visit = async (page, path, look) => {
      await page.emulateMedia({ colorScheme: look.dark ? 'dark' : 'light' });
      await page.setViewportSize(look.phone ? PHONE : DESKTOP);
      await page.goto(path);
    };
    const holds = async ({ page, complaints }, key, { dark, phone }, expected) => {
      await page.emulateMedia({ colorScheme: dark ? 'dark' : 'light' });
      await page.setViewportSize(phone ? PHONE : DESKTOP);
      const name = `${key}, ${language}, ${dark ? 'dark' : 'light'}, ${phone ? 'phone' : 'desktop'}`;
      assert.deepEqual(await accessibilityFindings(page), [], name);
      assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)) <= 0, `${name} runs over the edge`);
      assert.deepEqual(complaints.filter((text) => !expected?.test(text)), [], name);
      if (SHOTS) await page.screenshot({ path: `${SHOTS}/${name.replaceAll(', ', '-')}.png` });
    };
    const leave = (page) => page.evaluate(() => [localStorage, sessionStorage].forEach((kept) => kept.clear()));

    for (const [key, path, headings, { strange } = {}] of PAGES) {
      test(`${key}: ${language}`, async () => {
        const one = await open(strange);
        await visit(one.page, path(), looks[0]);
        await one.page.locator('h1').first().filter({ hasText: headings[language] }).waitFor();
        await one.page.waitForFunction(() => !document.querySelector('[aria-busy=true]'));
        assert.equal(await one.page.evaluate(() => document.documentElement.lang), language === 'zh' ? 'zh-CN' : 'en');
        for (const each of looks) await holds(one, key, each);
        await leave(one.page);
      });
    }
    for (const [key, path, deed, expected] of STATES) {
      test(`${key}: ${language}, ${look.phone ? 'phone' : 'desktop'}`, async () => {
        const one = await open();
        await visit(one.page, path(), look);
        await one.page.waitForFunction(() => document.querySelector('h1') && !document.querySelector('[aria-busy=true]'));
        await deed(one.page);
        await holds(one, key, look, expected);
        await leave(one.page);
      });
    }
    after(() => Promise.all(Object.values(opened).map(({ context }) => context.close())));
  }
  after(() => server.api('POST', '/tasks/bulk/delete', { filter: {} }));
});
