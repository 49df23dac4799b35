// What one does with the page, done as one does it.
import assert from 'node:assert/strict';
import { beforeEach, afterEach, before, describe, test } from 'node:test';
import { openPage, PASSWORD } from './harness.mjs';
import { shared } from './shared.mjs';

describe('deeds', () => {
  let server, browser, page, context, complaints;
  before(() => ({ server, browser } = shared));
  beforeEach(async () => {
    ({ page, context, complaints } = await openPage(browser, server));
  });
  afterEach(async () => {
    await context.close();
  });
  const create = (name, part = {}) => server.api('POST', '/tasks', { name, cron: '0 0 1 1 *', command: 'true', ...part });
  const row = (name) => page.locator('tr[data-id]', { hasText: name });

  test('a stranger is led to the log-in and back to where he wanted to go', async () => {
    const stranger = await openPage(browser, server, { strange: true });
    try {
      await stranger.page.goto('/ui/executions?status=FAILED');
      await stranger.page.waitForURL(/\/login\?next=/);
      await stranger.page.getByLabel('User name').fill('admin');
      await stranger.page.getByLabel('Password').fill('wrong');
      await stranger.page.getByRole('button', { name: 'Log in' }).click();
      await stranger.page.getByText('do not match').waitFor();
      await stranger.page.getByLabel('Password').fill(PASSWORD);
      await stranger.page.keyboard.press('Enter');
      await stranger.page.waitForURL('**/ui/executions?status=FAILED');
    } finally {
      await stranger.context.close();
    }
  });

  test('the first task is made in three fields and seen running', async () => {
    await page.goto('/ui/tasks');
    await page.getByLabel('Name', { exact: true }).fill('hello');
    await page.getByLabel('Schedule', { exact: true }).fill('0 9 * * *');
    await page.getByLabel('Command', { exact: true }).fill('echo "hello there"; echo oh >&2');
    await page.getByRole('button', { name: 'Create and run it' }).click();
    await page.waitForURL(/\/ui\/executions\/\d+$/);
    await page.getByRole('log').getByText('hello there').waitFor();
    await page.getByText('Success').first().waitFor();
    assert.deepEqual(complaints, []);
  });

  test('output is shown while it is written, and a cancel ends it', async () => {
    const task = await create('ticker', { command: 'i=0; while :; do i=$((i+1)); echo "tick $i"; sleep 0.2; done', timeout_s: 0 });
    const { execution_id } = await server.api('POST', `/tasks/${task.id}/run`, {});
    await page.goto(`/ui/executions/${execution_id}`);
    await page.getByRole('log').getByText('tick 3', { exact: true }).waitFor();
    await page.getByRole('log').getByText('tick 6', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Cancel run' }).click();
    await page.getByText('Cancelled').first().waitFor();
  });

  test('a search finds as one types, and stands in the address', async () => {
    await create('needle in the hay');
    await create('straw');
    await page.goto('/ui/tasks');
    await row('straw').waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('needle');
    await row('straw').waitFor({ state: 'detached' });
    await row('needle').waitFor();
    await page.waitForURL('**/ui/tasks?search=needle');
    await page.reload();
    await row('needle').waitFor();
    assert.equal(await page.locator('tr[data-id]').count(), 1);
  });

  test('a pause is undone from its toast', async () => {
    const task = await create('nap');
    await page.goto('/ui/tasks?search=nap');
    await page.getByRole('button', { name: 'Pause nap' }).click();
    await server.until('it is paused', async () => (await server.api('GET', `/tasks/${task.id}`)).status === 'PAUSED');
    await page.getByRole('button', { name: 'Undo' }).click();
    await server.until('it is active', async () => (await server.api('GET', `/tasks/${task.id}`)).status === 'ACTIVE');
  });

  test('many are paused at once, after saying so', async () => {
    const made = [];
    for (const name of ['bulk one', 'bulk two', 'bulk three']) made.push(await create(name));
    await page.goto('/ui/tasks?search=bulk');
    await row('bulk one').waitFor();
    await page.getByLabel('Select this page').check();
    await page.getByRole('region', { name: 'Selected tasks' }).getByRole('button', { name: 'Pause' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('bulk two').waitFor();
    await dialog.getByRole('button', { name: 'Pause' }).click();
    await page.getByText('Paused 3 tasks', { exact: true }).waitFor();
    for (const { id } of made) assert.equal((await server.api('GET', `/tasks/${id}`)).status, 'PAUSED');
  });

  test('a delete is held back as long as it can be undone', async () => {
    const task = await create('second thoughts');
    await page.goto('/ui/tasks?search=second');
    await page.getByRole('button', { name: 'More for second thoughts' }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await row('second thoughts').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Undo' }).click();
    await row('second thoughts').waitFor();
    assert.equal((await server.api('GET', `/tasks/${task.id}`)).name, 'second thoughts');
  });

  test('the schedule is explained, and a wrong one pointed at', async () => {
    await page.goto('/ui/tasks/create');
    const cron = page.getByLabel('Schedule', { exact: true });
    await cron.fill('0 25 * * *');
    await page.locator('mark').waitFor();
    await page.getByRole('button', { name: 'Words' }).click();
    await page.getByRole('textbox', { name: 'Words' }).fill('every weekday at 9');
    await page.getByText('Next:').waitFor();
    assert.equal(await cron.inputValue(), '0 9 * * 1-5');
  });

  test('unsaved changes are still there after going away', async () => {
    await page.goto('/ui/tasks/create');
    await page.getByLabel('Name').fill('half written');
    await page.waitForFunction(() => localStorage.getItem('draft.task.new')?.includes('half written'));
    await page.goto('/ui/overview');
    await page.goto('/ui/tasks/create');
    await page.getByText('Your unsaved changes are back.').waitFor();
    assert.equal(await page.getByLabel('Name').inputValue(), 'half written');
    await page.getByRole('button', { name: 'Discard' }).click();
    assert.equal(await page.getByLabel('Name').inputValue(), '');
  });

  test('a change that somebody else made meanwhile is shown, not overwritten', async () => {
    const task = await create('contested');
    await page.goto(`/ui/tasks/${task.id}/edit`);
    await page.getByLabel('Command', { exact: true }).fill('echo mine');
    await server.api('PATCH', `/tasks/${task.id}`, { cron: '0 5 * * *' });
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('0 5 * * *').waitFor();
    await dialog.getByRole('button', { name: 'Keep my changes' }).click();
    await page.waitForURL(`**/ui/tasks/${task.id}`);
    const now = await server.api('GET', `/tasks/${task.id}`);
    assert.deepEqual([now.cron, now.command], ['0 5 * * *', 'echo mine']);
  });

  test('keys alone lead to a task and run it', async () => {
    const task = await create('by keys');
    await page.goto('/ui/tasks?search=by+keys');
    await row('by keys').waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('r');
    await server.until('it ran', async () => (await server.api('GET', `/tasks/${task.id}/executions`)).items.length === 1);
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
  });

  test('the palette finds a task and goes there', async () => {
    const task = await create('palette target');
    await page.goto('/ui/overview');
    await page.getByRole('heading').first().waitFor();
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Go anywhere' }).fill('palette tar');
    await page.getByRole('option', { name: 'palette target' }).first().waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/ui/tasks/${task.id}`);
  });

  test('the list shows by itself what happens elsewhere', async () => {
    const task = await create('watched');
    await page.goto('/ui/tasks?search=watched');
    await row('Active').waitFor();
    await server.api('POST', `/tasks/${task.id}/pause`);
    await row('Paused').waitFor();
  });

  test('a crontab is taken over by paste', async () => {
    await page.goto('/ui/overview');
    await page.evaluate(() => localStorage.clear());
    await page.goto('/ui/tasks');
    await page.getByRole('heading').first().waitFor();
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Go anywhere' }).fill('crontab');
    await page.getByRole('option', { name: 'Take over a crontab' }).click();
    await page.getByRole('textbox', { name: 'Take over a crontab' }).fill('# pasted one\n5 4 * * * /bin/true\nnonsense\n');
    await page.getByText('Line 3:').waitFor();
    await page.getByRole('button', { name: 'Take over 1 task' }).click();
    await server.until('it is there', async () => (await server.api('GET', '/tasks?search=pasted')).total === 1);
  });

  test('a lost connection is shown, and mends itself', async () => {
    await page.goto('/ui/tasks');
    await page.getByText('Live').waitFor();
    await server.end();
    const notice = page.getByRole('alert').getByText('The connection to the server is lost');
    await notice.waitFor();
    await server.start();
    await notice.waitFor({ state: 'detached', timeout: 30_000 });
  });

  test('the language and the theme are chosen and kept', async () => {
    await page.goto('/ui/tasks');
    const account = page.getByRole('button', { name: /admin/ });
    await account.click();
    await page.getByRole('menuitemradio', { name: 'Dark' }).click();
    await account.click();
    await page.getByRole('menuitemradio', { name: '中文' }).click();
    await page.getByRole('heading', { name: '任务' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: '任务' }).waitFor();
    assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme), 'dark');
  });

  test('the first load stays under 150 KB compressed', async () => {
    let bytes = 0;
    const client = await context.newCDPSession(page);
    await client.send('Network.enable');
    client.on('Network.loadingFinished', ({ encodedDataLength }) => (bytes += encodedDataLength));
    await page.goto('/ui/tasks');
    await page.waitForLoadState('load');
    await row('hello').waitFor();
    assert.ok(bytes < 150 * 1024, `${bytes} bytes`);
  });

  test('the API page shows the API', async () => {
    await page.goto('/docs');
    await page.locator('.nav-bar-path', { hasText: 'Log in; browsers get a cookie too' }).click();
    await page.getByRole('heading', { name: 'Log in; browsers get a cookie too' }).waitFor();
    assert.deepEqual(complaints, []);
  });
});
