// What one does with the page, done as one does it.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { accessibilityFindings, openPage, PASSWORD } from './harness.mjs';
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

  test('the menu of a row opens by the keyboard and gives the focus back', async () => {
    const { page, create } = at;
    await create('keyed');
    await page.goto('/ui/tasks?search=keyed');
    const more = page.getByRole('button', { name: 'More for keyed' });
    await more.focus();
    await page.keyboard.press('ArrowDown');
    await page.getByRole('menuitem', { name: 'Open' }).and(page.locator(':focus')).waitFor();
    await page.keyboard.press('End');
    await page.getByRole('menuitem', { name: 'Delete' }).and(page.locator(':focus')).waitFor();
    await page.keyboard.press('Escape');
    await more.and(page.locator(':focus')).waitFor();
    assert.equal(await more.getAttribute('aria-expanded'), 'false');
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

  test('a pause is undone from its toast', async () => {
    const { page, server, create } = at;
    const task = await create('nap');
    await page.goto('/ui/tasks?search=nap');
    await page.getByRole('button', { name: 'Pause nap' }).click();
    await server.until('it is paused', async () => (await server.api('GET', `/tasks/${task.id}`)).status === 'PAUSED');
    await page.getByRole('button', { name: 'Undo' }).click();
    await server.until('it is active', async () => (await server.api('GET', `/tasks/${task.id}`)).status === 'ACTIVE');
  });

  test('many are paused at once, after saying so', async () => {
    const { page, server, create, row } = at;
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
    const { page, server, create, row } = at;
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

  test('keys alone lead to a task and run it', async () => {
    const { page, server, create, row } = at;
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

  test('/ leads to the search box of each page that has one', async () => {
    const { page } = at;
    for (const [path, name] of [['/ui/executions', 'Output contains'], ['/ui/timeline', 'Search tasks and tags'], ['/ui/admin/audit', 'Who']]) {
      await page.goto(path);
      const box = page.locator('#main input[type=search]').first();
      await box.waitFor();
      await page.keyboard.press('/');
      assert.equal(await box.evaluate((one) => one === document.activeElement), true, `${path}: ${name}`);
      assert.equal(await box.inputValue(), '');
    }
  });

  test('a delete can be undone by a key, past other messages, as long as its own has the focus', async () => {
    const { page, server, create, row } = at;
    const task = await create('taken back');
    await create('noisy neighbour of taken back');
    await page.clock.install();
    await page.goto('/ui/tasks?search=taken&sort=name&order=desc');
    const remove = async () => {
      await page.getByRole('button', { name: 'More for taken back' }).click();
      await page.getByRole('menuitem', { name: 'Delete' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
      await page.getByText('Deleted 1 task').waitFor();
    };
    await remove();
    const undo = page.locator('.toast', { hasText: 'Deleted 1 task' }).getByRole('button', { name: 'Undo' });
    await undo.focus();
    await page.clock.fastForward(60_000);
    assert.equal(await undo.evaluate((button) => button === document.activeElement), true);
    await page.keyboard.press('Enter');
    await row('taken back').nth(1).waitFor();
    await remove();
    for (let number = 0; number < 4; number += 1) {
      await page.getByRole('button', { name: 'Run noisy neighbour of taken back now' }).click();
      await page.locator('.toast', { hasNotText: 'Deleted' }).nth(Math.min(number, 2)).waitFor();
    }
    await undo.waitFor();
    await page.keyboard.press('z');
    await undo.waitFor({ state: 'detached' });
    assert.equal((await server.api('GET', `/tasks/${task.id}`)).name, 'taken back');
    await page.clock.fastForward(60_000);
    await row('taken back').nth(1).waitFor();
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

  test('a task is tried out before it is saved, and nothing of it stays', async () => {
    const { page, server, create } = at;
    await page.goto('/ui/tasks/create');
    await page.getByLabel('Name', { exact: true }).fill('only a try');
    await page.getByLabel('Schedule', { exact: true }).fill('0 9 * * *');
    await page.getByLabel('Command', { exact: true }).fill('echo tried; exit 4');
    await page.getByRole('button', { name: 'Try it now' }).click();
    const dialog = page.getByRole('dialog', { name: 'A try' });
    await dialog.getByRole('log').getByText('tried').waitFor();
    await dialog.getByText('exit code 4').waitFor();
    await dialog.getByRole('button', { name: 'Close' }).click();
    await server.until('it is gone', async () => (await server.api('GET', '/tasks?search=only')).total === 0);
    assert.equal(await page.getByLabel('Name', { exact: true }).inputValue(), 'only a try');
    await page.getByRole('button', { name: 'Discard' }).or(page.getByLabel('Name', { exact: true })).first().waitFor();
    await page.evaluate(() => localStorage.clear());
  });

  test('a try whose tab crashed is gone when the next page is opened, and one that is still open is not', async () => {
    const { page, context, server } = at;
    const tries = async () => (await server.api('GET', '/tasks?search=crashes')).total;
    await page.goto('/ui/tasks/create');
    await page.getByLabel('Name', { exact: true }).fill('crashes');
    await page.getByLabel('Schedule', { exact: true }).fill('0 9 * * *');
    await page.getByLabel('Command', { exact: true }).fill('echo begun; exec sleep 600');
    await page.getByRole('button', { name: 'Try it now' }).click();
    await page.getByRole('dialog', { name: 'A try' }).getByRole('log').getByText('begun').waitFor();
    const other = await context.newPage();
    await other.goto('/ui/tasks');
    await other.getByRole('link', { name: 'crashes (a try)' }).waitFor();
    const crashed = page.waitForEvent('crash');
    void (await context.newCDPSession(page)).send('Page.crash').catch(() => {});
    await crashed;
    assert.equal(await tries(), 1);
    await other.reload();
    await server.until('it is gone', async () => (await tries()) === 0);
    await other.waitForFunction(() => !Object.keys(localStorage).some((key) => key.startsWith('tries.')));
    await other.evaluate(() => localStorage.clear());
  });

  test('an execution tells its attempts, its environment without secrets, and what is different from the last success', async () => {
    const { page, server, create, complaints } = at;
    const task = await create('told', {
      command: 'echo same; [ -n "$BAD" ] && echo worse && exit 3; echo better',
      env: { REGION: 'north', API_TOKEN: 'hunter2' },
      retry: { max_attempts: 2, initial_delay_s: 0.1 },
    });
    const ended = async (id) => server.until(`${id} is over`, async () => !/PENDING|RUNNING/.test((await server.api('GET', `/executions/${id}`)).status));
    const good = (await server.api('POST', `/tasks/${task.id}/run`, {})).execution_id;
    await ended(good);
    const bad = (await server.api('POST', `/tasks/${task.id}/run`, { env: { BAD: '1' } })).execution_id;
    await ended(bad);
    await page.goto(`/ui/executions/${bad}`);
    await page.getByRole('group', { name: 'Attempts' }).getByRole('button', { name: 'attempt 1' }).click();
    await page.getByRole('log').getByText('worse').waitFor();
    await page.getByText('What it ran').click();
    const environment = page.getByRole('region', { name: 'Environment' });
    await environment.getByText('north').waitFor();
    assert.ok(!(await page.content()).includes('hunter2'), 'a secret is shown');
    await page.getByRole('button', { name: `Compare with the last success (#${good})` }).click();
    const difference = page.getByRole('region', { name: 'Difference of the two outputs' });
    await difference.locator('.gone', { hasText: 'better' }).waitFor();
    await difference.locator('.came', { hasText: 'worse' }).waitFor();
    await page.goto(`/ui/tasks/${task.id}`);
    await page.getByText('REGION=north').waitFor();
    assert.ok(!(await page.content()).includes('hunter2'), 'a secret is shown');
    assert.deepEqual(complaints, []);
  });

  test('the task page shows its year, and its fires by both clocks with the night of the change', async () => {
    const { page, server, create } = at;
    const task = await create('two clocks', { cron: '30 2 * * *', timezone: 'Asia/Tokyo' });
    const { execution_id } = await server.api('POST', `/tasks/${task.id}/run`, {});
    await server.until('it ran', async () => (await server.api('GET', `/executions/${execution_id}`)).status === 'SUCCESS');
    await page.goto(`/ui/tasks/${task.id}`);
    await page.getByText('The last year: 1 run, 0 failed').waitFor();
    await page.getByRole('columnheader', { name: 'Asia/Tokyo' }).waitFor();
    await page.getByRole('columnheader', { name: /^here \(/ }).waitFor();
    // The last ten days of March hold the night of the change, whatever the year.
    await page.goto('/ui/tasks/create');
    const year = new Date().getUTCFullYear() + 1;
    await page.getByLabel('Schedule', { exact: true }).fill(`0 30 2 22-31 3 * ${year}`);
    await page.getByLabel('Time zone', { exact: true }).fill('Europe/Berlin');
    await page.getByText('clock change').waitFor();
    await page.evaluate(() => localStorage.clear());
  });

  test('a tag is put on many, and taken back', async () => {
    const { page, server, create, row } = at;
    const made = [];
    for (const name of ['label one', 'label two']) made.push(await create(name, { tags: ['kept'] }));
    const tags = async () => (await Promise.all(made.map(({ id }) => server.api('GET', `/tasks/${id}`)))).map((task) => task.tags.join());
    await page.goto('/ui/tasks?search=label');
    await row('label one').waitFor();
    await page.getByLabel('Select this page').check();
    await page.getByRole('region', { name: 'Selected tasks' }).getByRole('button', { name: 'Tag' }).click();
    await page.getByLabel('Tag name').fill('night');
    await page.getByRole('dialog').getByRole('button', { name: 'Add' }).click();
    await page.getByText('Tagged 2 tasks', { exact: true }).waitFor();
    assert.deepEqual(await tags(), ['kept,night', 'kept,night']);
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('Removed the tag from 2 tasks').waitFor();
    assert.deepEqual(await tags(), ['kept', 'kept']);
  });

  test('the undo of a pause leaves paused what was paused before', async () => {
    const { page, server, create, row } = at;
    const first = await create('rest one');
    const second = await create('rest two');
    await server.api('POST', `/tasks/${first.id}/pause`);
    await page.goto('/ui/tasks?search=rest');
    await row('rest one').waitFor();
    await page.getByLabel('Select this page').check();
    await page.getByRole('region', { name: 'Selected tasks' }).getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Pause' }).click();
    await page.getByText('Paused 1 task · 1 task was paused already', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('Resumed 1 task', { exact: true }).waitFor();
    const status = async ({ id }) => (await server.api('GET', `/tasks/${id}`)).status;
    assert.deepEqual([await status(first), await status(second)], ['PAUSED', 'ACTIVE']);
  });

  test('what is selected stays selected on other pages, and all that match can be', async () => {
    const { page, create, row } = at;
    for (let at = 1; at <= 27; at += 1) await create(`leaf ${String(at).padStart(2, '0')}`);
    await page.goto('/ui/tasks?search=leaf&page_size=25&sort=name&order=asc');
    await row('leaf 01').waitFor();
    await page.getByLabel('Select leaf 01').check();
    await page.getByRole('button', { name: 'Next page' }).click();
    await row('leaf 27').waitFor();
    await page.getByLabel('Select leaf 27').check();
    await page.getByText('2 selected').waitFor();
    await page.getByRole('button', { name: 'Select all 27 that match' }).click();
    await page.getByText('27 selected').waitFor();
    // The other way round the 25th stands below the screen that is drawn first.
    await page.locator('thead').getByRole('button', { name: 'Name' }).click();
    await row('leaf 03').waitFor();
    assert.equal(await page.locator('tr[data-id]').count(), 25);
  });

  test('a view is saved by name and comes back; a pinned task stands first', async () => {
    const { page, create, row } = at;
    await create('pinned down', { tags: ['mine'] });
    await page.goto('/ui/tasks?search=pinned&tag=mine');
    await row('pinned down').waitFor();
    await page.getByRole('button', { name: 'Saved views' }).click();
    await page.getByRole('menuitem', { name: 'Save this view' }).click();
    await page.getByLabel('Name of the view').fill('my own');
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: 'More for pinned down' }).click();
    await page.getByRole('menuitem', { name: 'Pin to the top' }).click();
    await page.goto('/ui/tasks?sort=name&order=asc');
    await page.locator('tr[data-id]').first().filter({ hasText: 'pinned down' }).waitFor();
    await page.getByRole('button', { name: 'Saved views' }).click();
    await page.getByRole('menuitemradio', { name: 'my own' }).click();
    await page.waitForURL(/search=pinned/);
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
    await page.getByText(/crowd one, crowd two|crowd two, crowd one/).first().waitFor();
    await page.getByRole('button', { name: /fires? in this hour/ }).nth(1).click();
    await page.getByRole('link', { name: 'crowd one' }).first().waitFor();
    assert.deepEqual(complaints, []);
  });

  test('a past window is made up, and a run is given what it needs', async () => {
    const { page, create, complaints } = at;
    const task = await create('made up', { cron: '0 * * * *', command: 'echo in $PLACE' });
    await page.goto(`/ui/tasks/${task.id}`);
    const choose = async (name) => {
      await page.getByRole('button', { name: 'More for made up' }).click();
      await page.getByRole('menuitem', { name }).click();
    };
    await choose('Backfill…');
    const dialog = page.getByRole('dialog', { name: 'Backfill' });
    await dialog.getByText('24 fires in this window').waitFor();
    await dialog.getByRole('button', { name: 'Run them' }).click();
    await page.getByText('24 runs made up').waitFor();
    await choose('Run with…');
    await page.getByLabel('Environment').fill('PLACE=town');
    await page.getByLabel('Arguments').fill('once');
    await page.getByLabel('Also beside a run that goes on').check();
    await page.getByRole('dialog').getByRole('button', { name: 'Run now' }).click();
    await page.waitForURL(/\/ui\/executions\/\d+$/);
    await page.getByRole('log').getByText('in town once').waitFor();
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
