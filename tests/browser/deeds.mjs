// What one does with the page, done as one does it.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { accessibilityFindings, openPage, PASSWORD, PHONE } from './harness.mjs';
import { fixture } from './shared.mjs';

describe('deeds', () => {
  const at = fixture();

  test('a stranger is led to the log-in and back to where he wanted to go', async () => {
    const { page, server, browser } = at;
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
    const { page, complaints } = at;
    await page.goto('/ui/tasks');
    await page.getByLabel('Name', { exact: true }).fill('hello');
    await page.getByLabel('Schedule', { exact: true }).fill('0 9 * * *');
    await page.getByLabel('Command', { exact: true }).fill('echo "hello there"; echo oh >&2');
    // What was refused is where one goes on.
    await page.getByLabel('Schedule', { exact: true }).fill('0 25 * * *');
    await page.getByRole('button', { name: 'Create and run it' }).click();
    await page.locator('input[aria-invalid=true]:focus').waitFor();
    assert.equal(complaints.splice(0).length, 1, 'the answer 422');
    await page.getByLabel('Schedule', { exact: true }).fill('0 9 * * *');
    await page.getByRole('button', { name: 'Create and run it' }).click();
    await page.waitForURL(/\/ui\/executions\/\d+$/);
    await page.getByRole('log').getByText('hello there').waitFor();
    await page.getByText('Success').first().waitFor();
    assert.deepEqual(complaints, []);
  });

  test('a search finds as one types, and stands in the address', async () => {
    const { page, create, row } = at;
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

  test('a bar of the last runs tells the pointer which run it is', async () => {
    const { page, create, run, ended, row } = at;
    await ended(await run(await create('barred')));
    await page.goto('/ui/tasks?search=barred');
    const strip = row('barred').locator('.strip');
    await strip.locator('path.SUCCESS').waitFor({ state: 'attached' });
    await strip.hover({ position: { x: 116, y: 12 } });
    assert.match(await strip.getAttribute('title'), /^Success · .+ · \d+ ms$/);
    await strip.hover({ position: { x: 2, y: 12 } });
    assert.equal(await strip.getAttribute('title'), '');
  });

  test('how long ago a task ran goes on by itself', async () => {
    const { page, create, run, ended, row } = at;
    await ended(await run(await create('ran just now')));
    await page.goto('/ui/tasks?search=ran just now');
    const ago = row('ran just now').locator('.ago');
    const first = await ago.textContent();
    await page.waitForFunction((text) => document.querySelector('.ago').textContent !== text, first, { timeout: 10_000 });
  });

  test('a task keeps its row and the focus in it while others come and go', async () => {
    const { page, server, create, row } = at;
    await create('coming one');
    const goes = await create('coming two');
    await page.goto('/ui/tasks?search=coming&sort=name&order=asc');
    await row('coming two').waitFor();
    await row('coming one').getByRole('link', { name: 'coming one' }).focus();
    await create('coming four');
    await server.api('DELETE', `/tasks/${goes.id}`);
    await row('coming two').waitFor({ state: 'detached' });
    await row('coming four').waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.textContent), 'coming one');
    assert.deepEqual(await page.locator('tr[data-id] a.name').allTextContents(), ['coming four', 'coming one']);
  });

  test('the schedule is explained, and a wrong one pointed at', async () => {
    const { page, create } = at;
    await page.goto('/ui/tasks/create');
    const cron = page.getByLabel('Schedule', { exact: true });
    await cron.fill('0 25 * * *');
    await page.locator('mark').waitFor();
    await page.getByRole('button', { name: 'Words' }).click();
    await page.getByRole('textbox', { name: 'Words' }).fill('every weekday at 9');
    await page.getByText('At 09:00, Monday to Friday').waitFor();
    assert.equal(await cron.inputValue(), '0 9 * * 1-5');
  });

  test('unsaved changes are still there after going away', async () => {
    const { page, create } = at;
    await page.goto('/ui/tasks/create');
    await page.getByLabel('Name').fill('half written');
    await page.waitForFunction(() => Object.entries(localStorage).some(([key, value]) => key.startsWith('draft.') && value.includes('half written')));
    await page.goto('/ui/overview');
    await page.goto('/ui/tasks/create');
    await page.getByText('Your unsaved changes are back.').waitFor();
    assert.equal(await page.getByLabel('Name').inputValue(), 'half written');
    await page.getByRole('button', { name: 'Discard' }).click();
    assert.equal(await page.getByLabel('Name').inputValue(), '');
  });

  test('a change that somebody else made meanwhile is shown, not overwritten', async () => {
    const { page, server, create } = at;
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

  test('the palette finds a task and goes there', async () => {
    const { page, create } = at;
    const task = await create('palette target');
    await page.goto('/ui/overview');
    await page.getByRole('heading').first().waitFor();
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Go anywhere' }).fill('palette tar');
    await page.getByRole('option', { name: 'palette target' }).first().waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/ui/tasks/${task.id}`);
  });

  test('the palette has each task on one line, however long its name and its schedule', async () => {
    const { page, create } = at;
    const name = `long in the palette ${'and longer '.repeat(12)}`.trim();
    await create(name, { cron: '0 0,15,30,45 8-18 1,2,3,4,5,6,7,8,9,10,11,12 JAN,FEB,MAR,APR,MAY,JUN,JUL MON-FRI' });
    await create('long in the palette, seldom', { cron: '0 9 * * MON-FRI' });
    for (const width of [1280, PHONE.width]) {
      await page.setViewportSize({ width, height: 800 });
      await page.goto('/ui/overview');
      await page.getByRole('heading').first().waitFor();
      await page.keyboard.press('Control+k');
      await page.getByRole('combobox', { name: 'Go anywhere' }).fill('long in the');
      const found = page.getByRole('option', { name: /^long in the palette/ });
      await found.nth(1).waitFor();
      for (const option of await found.all()) {
        const [row, name_box, cron] = await option.evaluate((one) => [one, ...one.querySelectorAll('span, code')].map((part) => part.getBoundingClientRect()).map(({ width, height, right }) => ({ width, height, right })));
        assert.ok(row.height <= 36 && cron.height <= 24, `${width}: ${JSON.stringify([row, cron])}`);
        assert.ok(name_box.width >= row.width * 0.3 && cron.right <= row.right, `${width}: ${JSON.stringify([row, name_box, cron])}`);
      }
    }
  });

  test('Enter in the palette means what was typed, however late the answer comes', async () => {
    const { page, create } = at;
    await create('renew certificates');
    const wanted = await create('rebuild search index');
    await page.goto('/ui/overview');
    await page.getByRole('heading').first().waitFor();
    await page.keyboard.press('Control+k');
    const box = page.getByRole('combobox', { name: 'Go anywhere' });
    await box.fill('re');
    await page.getByRole('option', { name: 'renew certificates' }).first().waitFor();
    let answer;
    const held = new Promise((resolve) => (answer = resolve));
    await page.route(/\/tasks\?.*search=rebuild/, async (route) => {
      await held;
      await route.continue();
    });
    const asked = page.waitForRequest(/search=rebuild/);
    await box.fill('rebuild');
    await page.keyboard.press('Enter');
    assert.equal(await page.getByRole('option', { name: 'renew' }).count(), 0);
    await asked;
    answer();
    await page.waitForURL(`**/ui/tasks/${wanted.id}`);

    await page.keyboard.press('Control+k');
    await box.fill('nothing is called so');
    await page.getByText('Nothing here matches “nothing is called so”.').waitFor();
    await page.keyboard.press('Enter');
    await box.waitFor();
    await box.fill('rebuild');
    await page.getByRole('option', { name: 'rebuild search index' }).first().waitFor();
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme });
      assert.deepEqual(await accessibilityFindings(page), [], colorScheme);
    }
  });

  test('the palette knows the themes and the languages', async () => {
    const { page } = at;
    await page.goto('/ui/overview');
    await page.getByRole('heading').first().waitFor();
    const choose = async (title, words, name) => {
      await page.keyboard.press('Control+k');
      await page.getByRole('combobox', { name: title }).fill(words);
      await page.getByRole('option', { name }).click();
    };
    await choose('Go anywhere', 'theme', 'Dark');
    assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme), 'dark');
    await choose('Go anywhere', '中文', '中文');
    await page.getByRole('heading', { name: '概览' }).waitFor();
    await choose('快速跳转', 'english', 'English');
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
  });

  test('the list shows by itself what happens elsewhere', async () => {
    const { page, server, create, row } = at;
    const task = await create('watched');
    await page.goto('/ui/tasks?search=watched');
    await row('Active').waitFor();
    await server.api('POST', `/tasks/${task.id}/pause`);
    await row('Paused').waitFor();
  });

  test('a crontab is imported by paste', async () => {
    const { page, server } = at;
    await page.goto('/ui/overview');
    await page.evaluate(() => localStorage.clear());
    await page.goto('/ui/tasks');
    await page.getByRole('heading').first().waitFor();
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Go anywhere' }).fill('crontab');
    await page.getByRole('option', { name: 'Import a crontab' }).click();
    await page.getByRole('textbox', { name: 'Import a crontab' }).fill('# pasted one\n5 4 * * * /bin/true\nnonsense\n');
    await page.getByText('Line 3:').waitFor();
    await page.getByRole('button', { name: 'Import 1 task' }).click();
    await server.until('it is there', async () => (await server.api('GET', '/tasks?search=pasted')).total === 1);
  });

  test('the overview names what needs somebody, and mends it there', async () => {
    const { page, server, create } = at;
    const task = await create('needs somebody', { command: 'exit 9' });
    const { execution_id } = await server.api('POST', `/tasks/${task.id}/run`, {});
    await server.until('it failed', async () => (await server.api('GET', `/executions/${execution_id}`)).status === 'FAILED');
    await page.goto('/ui/overview');
    const line = page.locator('.needs li', { hasText: 'needs somebody' });
    await line.getByText('Failed').waitFor();
    await server.api('PATCH', `/tasks/${task.id}`, { command: 'true' });
    await line.getByRole('button', { name: 'Run again' }).click();
    await line.waitFor({ state: 'detached' });
  });

  test('the timeline zooms and asks no more than it needs', async () => {
    const { page, create, complaints } = at;
    let asked = 0;
    page.on('request', (request) => (asked += /\/executions\?/.test(request.url()) ? 1 : 0));
    await create('soon again', { cron: '* * * * *', command: 'true' });
    await page.goto('/ui/timeline');
    await page.getByRole('link', { name: 'soon again' }).waitFor();
    for (const zoom of ['day', 'week', 'month', 'hour']) {
      await page.getByLabel('Window').selectOption(zoom);
      await page.locator('.lane .fire').first().waitFor();
    }
    assert.equal(new URL(page.url()).search, '');
    await page.getByLabel('Window').selectOption('week');
    await page.reload();
    await page.locator('.lane .now').first().waitFor();
    assert.equal(await page.getByLabel('Window').inputValue(), 'week');
    await page.getByLabel('Window').selectOption('hour');
    await page.locator('.lane .now').first().waitFor();
    assert.ok(asked < 40, `${asked} requests`);
    await page.getByRole('button', { name: 'Earlier' }).click();
    await page.getByRole('button', { name: 'Now' }).click();
    assert.deepEqual(complaints, []);
  });

  test('the calendar shows the density of an hour and what falls on one second', async () => {
    const { page, create, complaints } = at;
    await create('crowd one', { cron: '17 * * * *' });
    await create('crowd two', { cron: '17 * * * *' });
    await page.goto('/ui/upcoming');
    const crowd = page.getByRole('listitem').filter({ hasText: 'crowd one, crowd two' }).first();
    await crowd.getByRole('link', { name: 'crowd two', exact: true }).waitFor();
    await page.getByRole('button', { name: /fires? in this hour/ }).nth(1).click();
    await page.getByRole('link', { name: 'crowd one' }).first().waitFor();
    assert.deepEqual(complaints, []);
  });

  test('a lost connection is shown, and mends itself', async () => {
    const { page, server } = at;
    await page.goto('/ui/tasks');
    // "Not live" is what stands there before
    await page.getByText('Live', { exact: true }).waitFor();
    const notice = page.getByRole('alert').getByText('The connection to the server is lost');
    await server.end();
    try {
      await notice.waitFor();
    } finally {
      await server.start();
    }
    await notice.waitFor({ state: 'detached', timeout: 30_000 });
  });

  test('the language and the theme are chosen and kept', async () => {
    const { page } = at;
    await page.goto('/ui/tasks');
    const account = page.getByRole('button', { name: /admin/ });
    await account.click();
    await page.getByRole('menuitemradio', { name: 'Dark' }).click();
    await account.click();
    await page.getByRole('menuitemradio', { name: '中文' }).click();
    await page.getByRole('heading', { name: '任务', exact: true }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: '任务' }).waitFor();
    assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme), 'dark');
  });

  test('the API page shows the API', async () => {
    const { page, complaints } = at;
    await page.goto('/docs');
    await page.locator('.nav-bar-path', { hasText: 'Log in; browsers get a cookie too' }).click();
    await page.getByRole('heading', { name: 'Log in; browsers get a cookie too' }).waitFor();
    assert.deepEqual(complaints, []);
  });
});
