// Every page, and every state of one that one comes to by a deed: what the walk through their looks looks at.

// Names and words of users, which no page translates. One is as long as a name can be.
export const LONG_NAME = `a name as long as can be ${'and longer '.repeat(20)}`.slice(0, 200).trim();
export const SAMPLES = [
  { name: 'nightly backup', cron: '30 2 * * *', command: 'echo saved', tags: ['ops', 'nightly'] },
  { name: 'check mirrors', cron: '*/15 * * * *', command: 'echo "looking…"; echo "mirror 3 is behind" >&2; exit 3', tags: ['ops'] },
  { name: '每日报表', cron: '0 9 * * 1-5', timezone: 'Asia/Shanghai', command: 'echo 完成', description: '发送到邮箱' },
  { name: 'long sync', cron: '@hourly', command: 'for i in 1 2 3 4 5 6 7 8 9; do printf "\\033[32mpart %s\\033[0m done\\n" $i; sleep 20; done', timeout_s: 0 },
  { name: 'once a year', cron: '0 0 1 1 *', command: 'true' },
  { name: LONG_NAME, cron: '0 3 * * *', command: `seq 1 5000; printf 'x%.0s' $(seq 1 4000); echo; echo ${'much '.repeat(200)}`, tags: Array.from({ length: 20 }, (_, at) => `a tag with a long name, number ${at}`), description: 'long '.repeat(300).trim() },
];
export const OWN_WORDS = [...SAMPLES.flatMap(({ name, description = name, tags = [] }) => [name, description, ...tags]), 'nightly backup (a try)', 'mirror 3 is behind', 'English'];

const name = (text) => ({ en: text, zh: text });
// `strange`: for who is not logged in. `made`: the ids of what was made before.
export const pagesOf = (made) => [
  ['login', '/login', { en: 'Log in', zh: '登录' }, { strange: true }],
  ['register', '/register', { en: 'Register', zh: '注册' }, { strange: true }],
  ['first password', '/login#first-run=x', { en: 'Choose a password', zh: '设置密码' }, { strange: true }],
  ['overview', '/ui/overview', { en: 'Overview', zh: '概览' }],
  ['tasks', '/ui/tasks', { en: 'Tasks', zh: '任务' }],
  ['nothing found', '/ui/tasks?search=there+is+no+such+task', { en: 'Tasks', zh: '任务' }],
  ['create', '/ui/tasks/create', { en: 'New task', zh: '新建任务' }],
  ['task', `/ui/tasks/${made.task}`, name('nightly backup')],
  ['task with much', `/ui/tasks/${made.longTask}`, name('a name as long as can be')],
  ['edit', `/ui/tasks/${made.task}/edit`, { en: 'Edit nightly backup', zh: '编辑 nightly backup' }],
  ['executions', '/ui/executions', { en: 'Executions', zh: '执行记录' }],
  ['no executions', '/ui/executions?status=LOST', { en: 'Executions', zh: '执行记录' }],
  ['execution', `/ui/executions/${made.execution}`, name('check mirrors #')],
  ['execution with much', `/ui/executions/${made.longExecution}`, name('a name as long as can be')],
  ['timeline', '/ui/timeline', { en: 'Timeline', zh: '时间线' }],
  ['upcoming', '/ui/upcoming', { en: 'Upcoming', zh: '即将触发' }],
  ['tokens', '/ui/admin/tokens', { en: 'API tokens', zh: '接口令牌' }],
  ['users', '/ui/admin/users', { en: 'Users', zh: '用户' }],
  ['secrets', '/ui/admin/secrets', { en: 'Secrets', zh: '密钥' }],
  ['audit', '/ui/admin/audit', { en: 'Audit', zh: '审计' }],
  ['system', '/ui/admin/system', { en: 'System', zh: '系统' }],
  ['missing', '/ui/no/such/page', { en: 'Page not found', zh: '页面不存在' }],
];

const opens = (page) => page.locator('dialog[open]').waitFor();
const button = (page, text) => page.getByRole('button', { name: text, exact: true }).first().click();
const fromAccountMenu = async (page, text) => {
  await page.locator('.foot button').click();
  await page.getByRole('menuitem', { name: text }).click();
  await opens(page);
};
const fromTaskMenu = async (page, at) => {
  await page.locator('main button[aria-haspopup]').click();
  await page.locator('[role=menuitem]').nth(at).click();
  await page.locator('dialog form').waitFor();
};
const selectFirst = async (page) => {
  await page.locator('tbody input[type=checkbox]').first().check();
  await page.locator('.bar[role=region]').waitFor();
};
const answered = (page, path, answer) => page.route(path, (route) => route.fulfill(answer));

// The deed is told the words of the language; then what the console may say of it. What stands for one width only is
// looked at in that.
export const statesOf = (made) => [
  ['tasks selected', '/ui/tasks', selectFirst],
  ['palette', '/ui/overview', async (page) => {
    await page.keyboard.press('Control+k');
    await page.locator('dialog[open] input').fill('nightly');
    await page.getByRole('option', { name: 'nightly backup' }).first().waitFor();
  }],
  ['shortcuts', '/ui/overview', async (page) => {
    await page.keyboard.press('?');
    await opens(page);
  }],
  ['question', '/ui/tasks', async (page, words) => {
    await selectFirst(page);
    await page.locator('.bar').getByRole('button', { name: words['action.delete'] }).click();
    await opens(page);
  }],
  ['message', '/ui/tasks?search=once+a+year', async (page) => {
    // It was paused before.
    await page.locator('td.actions button').nth(1).click();
    await page.locator('td.actions button').nth(1).click();
    // With the focus in it, it stays.
    await page.locator('.toast button').first().focus();
  }],
  ['saved view', '/ui/tasks', async (page, words) => {
    await button(page, words['views.title']);
    await page.getByRole('menuitem', { name: words['views.save'] }).click();
    await opens(page);
  }],
  ['crontab', '/ui/tasks', async (page, words) => {
    await button(page, words['import.title']);
    await page.locator('dialog textarea').fill('5 4 * * * echo one\n99 * * * * echo two\n');
    await page.locator('dialog li, dialog td').first().waitFor();
  }],
  ['password', '/ui/overview', (page, words) => fromAccountMenu(page, words['password.title'])],
  ['security', '/ui/overview', (page, words) => fromAccountMenu(page, words['security.title'])],
  ['new token', '/ui/admin/tokens', async (page, words) => {
    await button(page, words['tokens.create']);
    await page.locator('dialog input').first().fill('looked at');
    await page.locator('dialog .primary').click();
    await page.locator('dialog .shown-once').waitFor();
  }],
  ['new user', '/ui/admin/users', async (page, words) => {
    await button(page, words['users.create']);
    await opens(page);
  }],
  ['invite', '/ui/admin/users', async (page, words) => {
    await button(page, words['users.invite']);
    await opens(page);
  }],
  ['new secret', '/ui/admin/secrets', async (page, words) => {
    await button(page, words['secrets.create']);
    await opens(page);
  }],
  ['no tasks', '/ui/tasks', async (page) => {
    await page.locator('form').waitFor();
  }, { before: (page) => answered(page, /\/tasks\?/, { json: { items: [], total: 0, page: 1, page_size: 50, counts: {} } }) }],
  ['an error', '/ui/tasks', async (page) => {
    await page.locator('.problem').waitFor();
  }, { expected: /status of 503/, before: (page) => answered(page, /\/tasks\?/, { status: 503, contentType: 'application/problem+json', json: { title: 'Service Unavailable', status: 503, detail: 'there is no task 7' } }) }],
  ['connection lost', '/ui/tasks', async (page) => {
    await page.locator('.lost[role=alert]').waitFor();
  }, { expected: /ERR_FAILED|events/, before: (page) => page.route(/\/events/, (route) => route.abort()) }],
  ['execution unfolded', `/ui/executions/${made.execution}`, async (page) => {
    await page.locator('details summary').first().click();
    await page.locator('details .content').first().waitFor();
    await page.keyboard.press('Control+f');
    await page.locator('.find input').fill('mirror');
    await page.locator('.hit').first().waitFor();
  }],
  ['upcoming of an hour', '/ui/upcoming', async (page) => {
    await page.locator('button.cell').first().click();
    await page.locator('button.cell[aria-pressed=true]').waitFor();
    await page.locator('ul.fires a.name').first().waitFor();
    // Its list was scrolled into view, and the frame of the page may cover half of the hour.
    await page.evaluate(() => scrollTo(0, 0));
  }],
  ['task with a menu', `/ui/tasks/${made.task}`, async (page) => {
    await page.locator('main button[aria-haspopup]').click();
    await page.locator('[role=menuitem]').first().waitFor();
  }],
  ['backfill', `/ui/tasks/${made.task}`, (page) => fromTaskMenu(page, 1)],
  ['a try', `/ui/tasks/${made.task}/edit`, async (page) => {
    await page.waitForFunction(() => document.querySelector('input[name=name]')?.value);
    await page.locator('.save button').nth(1).click();
    await page.locator('dialog .line').first().waitFor();
  }],
  ['unfolded form', '/ui/tasks/create', async (page) => {
    await page.waitForFunction(() => !document.querySelector('fieldset.all')?.disabled);
    for (const fold of await page.locator('details > summary').all()) await fold.click();
  }],
  ['wrong schedule', '/ui/tasks/create', async (page) => {
    await page.locator('input[name=cron]').fill('0 25 * * *');
    await page.locator('mark').waitFor();
  }, { expected: /status of 422/ }],
];
