// Writing a task: its schedule in words, drafts, roles, two at once, and a crontab taken over.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { accessibilityFindings, openPage, startBrowser } from './harness.mjs';
import { fixture } from './shared.mjs';

const WORDS = 'a long enough password';

describe('form', () => {
  const at = fixture();

  // A page of somebody else, in this role.
  async function as(role, name, work) {
    const { server, browser } = at;
    await server.api('POST', '/users', { username: name, password: WORDS, role });
    const other = await openPage(browser, server, { strange: true });
    try {
      await logIn(other.page, name);
      await work(other.page, other.complaints);
    } finally {
      await other.context.close();
    }
  }
  async function logIn(page, name) {
    await page.goto('/login');
    await page.getByLabel('User name').fill(name);
    await page.getByLabel('Password').fill(WORDS);
    await page.keyboard.press('Enter');
    await page.waitForURL('**/ui/tasks');
  }
  async function logOut(page, name) {
    await page.getByRole('button', { name: new RegExp(name) }).click();
    await page.getByText('Log out', { exact: true }).click();
    await page.waitForURL('**/login');
  }

  test('a chain names its tasks, says which were deleted, and lets go of those at once', async () => {
    const { page, server, create, complaints } = at;
    const [gone, stays] = [await create('gone for good'), await create('goes on')];
    const host = await create('chained', { on_success: [gone.id, stays.id], on_failure: [gone.id] });
    await server.api('DELETE', `/tasks/${gone.id}`);
    const words = `deleted task ${gone.id} (gone for good)`;
    await page.goto(`/ui/tasks/${host.id}`);
    await page.locator('dd', { hasText: new RegExp(`^${words.replace(/[()]/g, '.')}, goes on$`) }).waitFor();
    await page.getByRole('link', { name: 'Edit', exact: true }).click();
    await page.getByText('starts 3 tasks · 2 deleted').click();
    const after = page.getByRole('list', { name: 'After a success' });
    await after.getByText(words).waitFor();
    assert.deepEqual(await accessibilityFindings(page), []);
    await page.getByRole('button', { name: 'Remove what was deleted' }).click();
    await after.getByText(words).waitFor({ state: 'detached' });
    assert.deepEqual(await after.locator('li > span').allTextContents(), ['goes on']);
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.waitForURL(`**/ui/tasks/${host.id}`);
    const { on_success, on_failure } = await server.api('GET', `/tasks/${host.id}`);
    assert.deepEqual([on_success, on_failure], [[stays.id], []]);
    assert.deepEqual(complaints, []);
  });

  test('words that are not wholly understood leave the schedule that was there', async () => {
    const { page } = at;
    await page.goto('/ui/tasks/create');
    const cron = page.getByRole('combobox', { name: 'Schedule' });
    await page.getByRole('button', { name: 'Words' }).click();
    await page.getByRole('textbox', { name: 'Words' }).fill('some day');
    await page.getByText('There is no schedule yet.').waitFor();
    assert.equal(await page.getByText('The expression below').count(), 0);
    await page.getByRole('button', { name: 'Cron' }).click();
    await cron.fill('5 5 * * *');
    await page.getByRole('button', { name: 'Words' }).click();
    const words = page.getByRole('textbox', { name: 'Words' });
    await words.pressSequentially('every day at 9 and 17');
    assert.equal(await cron.inputValue(), '0 9,17 * * *');
    await page.getByText('At 09:00 and 17:00, every day').waitFor();
    await words.pressSequentially(' but not on sunday');
    await page.getByText('Not understood').waitFor();
    assert.equal(await cron.inputValue(), '5 5 * * *');
    await words.fill('第一个周一 8点，每月');
    assert.equal(await cron.inputValue(), '0 8 * * 1#1');
  });

  test('choices do not show another schedule beside one that they cannot say', async () => {
    const { page } = at;
    await page.goto('/ui/tasks/create');
    const cron = page.getByRole('combobox', { name: 'Schedule' });
    await cron.fill('0 0 L * *');
    await page.getByRole('button', { name: 'Choices' }).click();
    await page.getByText('The expression below stays').waitFor();
    assert.equal(await page.getByRole('spinbutton', { name: 'hour' }).count(), 0);
    assert.equal(await cron.inputValue(), '0 0 L * *');
    await page.getByLabel('How to say when').last().selectOption('daily');
    assert.equal(await cron.inputValue(), '0 9 * * *');
  });

  test('what the server gives to a task is shown with its value', async () => {
    const { page, create, server } = at;
    const { id } = await create('with spread');
    await page.goto(`/ui/tasks/${id}/edit`);
    await page.getByRole('heading', { name: 'Edit with spread' }).waitFor();
    await page.getByText('60 s (the server\'s)').waitFor();
    await page.getByPlaceholder('UTC (the server\'s)').waitFor();
    await page.getByText('Retry', { exact: true }).click();
    await page.getByLabel('Spread of the delays (%)').fill('35');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.waitForURL(`**/ui/tasks/${id}`);
    assert.equal((await server.api('GET', `/tasks/${id}`)).retry.jitter, 0.35);
  });

  test('a draft comes back to whom it belongs, and its variables never reach the disk', async () => {
    const { server } = at;
    await server.api('POST', '/users', { username: 'dora', password: WORDS, role: 'editor' });
    await as('editor', 'drew', async (page) => {
      await page.goto('/ui/tasks/create');
      await page.getByLabel('Name').fill('half of drew');
      await page.getByText('Where and as whom').click();
      await page.getByLabel('Environment').fill('TOKEN=canary');
      await page.waitForFunction(() => JSON.stringify(localStorage).includes('half of drew') && JSON.stringify(sessionStorage).includes('canary'));
      assert.equal(await page.evaluate(() => JSON.stringify(localStorage).includes('canary')), false);
      await page.reload();
      await page.getByText('Your unsaved changes are back.').waitFor();
      assert.equal(await page.getByLabel('Name').inputValue(), 'half of drew');
      // As after the browser was closed.
      await page.evaluate(() => sessionStorage.clear());
      await page.goto('/ui/tasks/create');
      await page.getByText('but for environment').waitFor();
      assert.equal(await page.getByLabel('Name').inputValue(), 'half of drew');
      // The session of the first one ends without a log-out, and another begins in the same browser.
      await page.context().clearCookies();
      await logIn(page, 'dora');
      await page.goto('/ui/tasks/create');
      await page.locator('fieldset.all:enabled').waitFor();
      assert.equal(await page.getByLabel('Name').inputValue(), '');
      await page.context().clearCookies();
      await logIn(page, 'drew');
      await logOut(page, 'drew');
      assert.equal(await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }).includes('half of drew')), false);
    });
  });

  test('who may not change tasks is told so, and picks nothing', async () => {
    const { create } = at;
    const { id } = await create('only to look at');
    await as('viewer', 'vera', async (page, complaints) => {
      await page.getByRole('link', { name: 'only to look at' }).waitFor();
      assert.equal(await page.getByRole('checkbox').count(), 0);
      assert.equal(await page.getByRole('button', { name: 'Import a crontab' }).count(), 0);
      for (const path of ['/ui/tasks/create', `/ui/tasks/${id}/edit`]) {
        await page.goto(path);
        await page.getByText('does not create or change tasks').waitFor();
        assert.equal(await page.locator('form').count(), 0);
      }
      assert.deepEqual(await accessibilityFindings(page), []);
      await page.getByRole('link', { name: 'To the task' }).click();
      await page.waitForURL(`**/ui/tasks/${id}`);
      assert.deepEqual(complaints, []);
    });
  });

  test('two who change a task see which of them changed what', async () => {
    const { page, server, create } = at;
    const task = await create('theirs and mine', { tags: ['ops', 'db'], cron: '0 1 * * *' });
    await page.goto(`/ui/tasks/${task.id}/edit`);
    await page.getByLabel('Command', { exact: true }).fill('echo mine');
    await page.getByRole('combobox', { name: 'Schedule' }).fill('0 2 * * *');
    await server.api('PATCH', `/tasks/${task.id}`, { tags: ['ops'], cron: '0 3 * * *' });
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    const dialog = page.getByRole('dialog');
    const cells = async (field) => (await dialog.locator('tr', { hasText: field }).locator('td').allTextContents()).map((text) => text.trim());
    await dialog.getByText('0 3 * * *').waitFor();
    assert.deepEqual(await cells('Tags'), ['ops, db', 'unchanged', 'ops']);
    assert.deepEqual(await cells('Schedule'), ['0 1 * * *', '0 2 * * *', '0 3 * * *']);
    assert.equal((await cells('Command')).at(-1), 'unchanged');
    assert.deepEqual(await dialog.locator('tr[data-conflict] th').allTextContents(), ['Scheduleboth changed it']);
    assert.deepEqual(await accessibilityFindings(page), []);
    await dialog.getByRole('button', { name: 'Keep my changes' }).click();
    await page.waitForURL(`**/ui/tasks/${task.id}`);
    const now = await server.api('GET', `/tasks/${task.id}`);
    assert.deepEqual([now.cron, now.command, now.tags], ['0 2 * * *', 'echo mine', ['ops']]);
  });

  test('a form that nobody touched changes nothing, and saving one field leaves the others as they are', async () => {
    const { page, create, server } = at;
    const part = { starts_at: '2026-12-01T00:00:30Z', ends_at: '2099-11-07T06:30:00.250Z', env: { TEXT: 'line1\nline2', QUOTED: '"x"' } };
    const { id } = await create('many lines', part);
    const before = await server.api('GET', `/tasks/${id}`);
    await page.goto(`/ui/tasks/${id}/edit`);
    await page.locator('fieldset.all:enabled').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Save', exact: true }).isDisabled(), true);
    await page.getByText('Description and tags').click();
    await page.getByLabel('Description').fill('touched');
    await page.getByText('1 field changed').waitFor();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.waitForURL(`**/ui/tasks/${id}`);
    const after = await server.api('GET', `/tasks/${id}`);
    assert.equal(after.description, 'touched');
    for (const field of Object.keys(part)) assert.deepEqual(after[field], before[field], field);
  });

  test('a line that is no variable is refused at its field, and is not lost', async () => {
    const { page, server } = at;
    await page.goto('/ui/tasks/create');
    await page.getByLabel('Name').fill('a forgotten sign');
    await page.getByRole('combobox', { name: 'Schedule' }).fill('@daily');
    await page.getByLabel('Command', { exact: true }).fill('true');
    await page.getByText('Where and as whom').click();
    const variables = page.getByLabel('Environment');
    await variables.fill('GOOD=1\nFORGOT the equals');
    await page.getByText('Where and as whom').click();
    await page.getByRole('button', { name: 'Create task' }).click();
    await page.getByText('Line 2 is not NAME=value: FORGOT the equals').waitFor();
    await page.waitForFunction(() => document.activeElement.getAttribute('aria-invalid') === 'true');
    assert.equal(await variables.isVisible(), true);
    assert.equal((await server.api('GET', '/tasks?search=a+forgotten+sign')).total, 0);
    await page.waitForFunction(() => JSON.stringify(sessionStorage).includes('FORGOT'));
    assert.equal(await page.evaluate(() => JSON.stringify(localStorage).includes('FORGOT')), false);
    await page.reload();
    await page.getByText('Your unsaved changes are back.').waitFor();
    assert.equal(await variables.inputValue(), 'GOOD=1\nFORGOT the equals');
    await variables.fill('GOOD=1\nKEY="one\ntwo"');
    await page.getByRole('button', { name: 'Create task' }).click();
    await page.waitForURL(/\/ui\/tasks\/\d+$/);
    const { items } = await server.api('GET', '/tasks?search=a+forgotten+sign');
    assert.deepEqual(items[0].env, { GOOD: '1', KEY: 'one\ntwo' });
  });

  test('headers are taken as one writes them', async () => {
    const { page, server } = at;
    await page.goto('/ui/tasks/create');
    await page.getByLabel('Name').fill('with headers');
    await page.getByRole('combobox', { name: 'Schedule' }).fill('@daily');
    await page.getByRole('button', { name: 'HTTP call' }).click();
    await page.getByLabel('URL').fill('http://127.0.0.1:9/');
    await page.getByLabel('Headers').fill('Accept: text/plain\nX-Time=12:30');
    // A look at the other kind loses nothing.
    await page.getByRole('button', { name: 'Command' }).click();
    await page.getByRole('button', { name: 'HTTP call' }).click();
    assert.equal(await page.getByLabel('URL').inputValue(), 'http://127.0.0.1:9/');
    await page.getByRole('button', { name: 'Create task' }).click();
    await page.waitForURL(/\/ui\/tasks\/\d+$/);
    const { items } = await server.api('GET', '/tasks?search=with+headers');
    assert.deepEqual(items[0].http.headers, { Accept: 'text/plain', 'X-Time': '12:30' });
  });

  test('a draft over what somebody else changed since shows both before it is saved', async () => {
    const { page, server, create } = at;
    const { id } = await create('left half done', { command: 'echo before' });
    const edit = `/ui/tasks/${id}/edit`;
    await page.goto(edit);
    await page.getByLabel('Command', { exact: true }).fill('echo mine');
    await page.waitForFunction(() => JSON.stringify(localStorage).includes('echo mine'));
    await page.goto('/ui/tasks');
    await server.api('PATCH', `/tasks/${id}`, { command: 'echo theirs', description: 'theirs too' });
    await page.goto(edit);
    await page.getByText('Somebody else has changed the same fields since').waitFor();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('echo theirs').waitFor();
    const cells = await dialog.locator('tr[data-conflict] td').allTextContents();
    assert.deepEqual(cells.map((text) => text.trim()), ['echo before', 'echo mine', 'echo theirs']);
    assert.equal((await server.api('GET', `/tasks/${id}`)).command, 'echo theirs');
    await dialog.getByRole('button', { name: 'Keep my changes' }).click();
    await page.waitForURL(`**/ui/tasks/${id}`);
    const now = await server.api('GET', `/tasks/${id}`);
    assert.deepEqual([now.command, now.description], ['echo mine', 'theirs too']);
  });

  test('a draft beside what somebody else changed, or one that is discarded, is over their version', async () => {
    const { page, server, create } = at;
    const { id } = await create('left beside', { command: 'echo before' });
    const edit = `/ui/tasks/${id}/edit`;
    const command = page.getByLabel('Command', { exact: true });
    await page.goto(edit);
    await command.fill('echo mine');
    await page.waitForFunction(() => JSON.stringify(localStorage).includes('echo mine'));
    await server.api('PATCH', `/tasks/${id}`, { description: 'theirs' });
    await page.goto(edit);
    await page.getByText('Your unsaved changes are back.', { exact: true }).waitFor();
    await page.getByText('1 field changed').waitFor();
    await server.api('PATCH', `/tasks/${id}`, { command: 'echo theirs' });
    await page.goto(edit);
    await page.getByText('Somebody else has changed the same fields since').waitFor();
    await page.getByRole('button', { name: 'Discard' }).click();
    assert.equal(await command.inputValue(), 'echo theirs');
    assert.equal(await page.getByRole('button', { name: 'Save', exact: true }).isDisabled(), true);
  });

  test('saving and running goes on to run after both versions were seen', async () => {
    const { page, server, create } = at;
    const { id } = await create('run after all');
    await page.goto(`/ui/tasks/${id}/edit`);
    await page.getByLabel('Command', { exact: true }).fill('echo mine');
    await server.api('PATCH', `/tasks/${id}`, { command: 'echo theirs' });
    await page.getByRole('button', { name: 'Save and run now' }).click();
    await page.getByRole('button', { name: 'Keep my changes' }).click();
    await page.waitForURL('**/ui/executions/*');
  });

  test('what was typed just before the page is left is there again', async () => {
    const { page } = at;
    await page.goto('/ui/tasks/create');
    await page.locator('fieldset.all:enabled').waitFor();
    // In one go, since the pause after which it is kept is short.
    await page.evaluate(() => {
      const name = document.querySelector('input[name=name]');
      name.value = 'typed in haste';
      name.dispatchEvent(new Event('input', { bubbles: true }));
      document.querySelector('a[href="/ui/tasks"]').click();
    });
    await page.waitForURL('**/ui/tasks');
    await page.goto('/ui/tasks/create');
    await page.getByText('Your unsaved changes are back.').waitFor();
    assert.equal(await page.getByLabel('Name').inputValue(), 'typed in haste');
    await page.getByRole('button', { name: 'Discard' }).click();
  });

  test('a wrong number in a closed fold opens it and has the focus', async () => {
    const { page } = at;
    await page.goto('/ui/tasks/create');
    await page.getByLabel('Name').fill('wrong below');
    await page.getByRole('combobox', { name: 'Schedule' }).fill('@daily');
    await page.getByLabel('Command', { exact: true }).fill('true');
    const fold = page.getByText('Time limit and exit codes');
    await fold.click();
    await page.getByLabel('Grace before kill').fill('-5');
    await fold.click();
    await page.getByRole('button', { name: 'Create task' }).click();
    await page.waitForFunction(() => document.activeElement.name === 'kill_grace_s' && document.activeElement.closest('details').open);
    await page.getByRole('button', { name: 'Discard' }).or(page.getByRole('link', { name: 'Cancel' })).first().click();
  });

  test('the fires that are shown are those of the task: by its name, its begin and its end', async () => {
    const { page, create, server } = at;
    const { id } = await create('spread out', { cron: 'H H * * *', starts_at: '2090-01-01T00:00:00Z', ends_at: '2090-01-03T23:59:59Z' });
    const { next_run_at: next } = await server.api('GET', `/tasks/${id}`);
    await page.goto(`/ui/tasks/${id}/edit`);
    const rows = page.locator('tbody tr');
    await rows.nth(2).waitFor();
    assert.equal(await rows.count(), 3);
    assert.match(await rows.first().textContent(), new RegExp(`1 Jan 2090, ${next.slice(11, 16)}`));
    await page.getByLabel('Name').fill('spread out otherwise');
    const { next: other } = await server.api('GET', '/api/cron/next?cron=H+H+*+*+*&seed=spread+out+otherwise');
    await rows.first().getByText(other[0].slice(11, 16)).waitFor();
    await page.getByText('Overlap and missed fires').click();
    await page.getByLabel('Ends').fill('2090-01-01T00:00');
    await page.getByText('It never fires again.').waitFor();
  });

  test('the piece of an expression that is wrong is marked, and what stands below stays where it is', async () => {
    const { page } = at;
    await page.goto('/ui/tasks/create');
    const cron = page.getByRole('combobox', { name: 'Schedule' });
    const mark = page.locator('mark');
    const command = page.getByLabel('Command', { exact: true });
    await cron.fill('0 9 * * mon-fri');
    await page.locator('tbody tr').nth(9).waitFor();
    const { y } = await command.boundingBox();
    for (const [expression, piece] of [['  0 9 * * mon-fry', 'fry'], ['1- * * * *', '1-'], ['0 1–5 * * *', '1–5'], ['@every 5x', '5x'], ['* * * *', '* * * *']]) {
      await cron.fill(expression);
      await mark.getByText(piece, { exact: true }).waitFor();
      assert.equal(await mark.textContent(), piece);
    }
    assert.ok((await command.boundingBox()).y >= y);
    assert.equal(await page.locator('tbody tr').first().isVisible(), false);
  });

  test('choices say exactly what was chosen, or what is missing', async () => {
    const { page } = at;
    await page.goto('/ui/tasks/create');
    const cron = page.getByRole('combobox', { name: 'Schedule' });
    await page.getByRole('button', { name: 'Choices' }).click();
    const kind = page.getByLabel('How to say when').last();
    await kind.selectOption('minutes');
    await page.getByLabel('every so many minutes').fill('90');
    await page.getByText('Every 1 hour 30 minutes').waitFor();
    assert.equal(await cron.inputValue(), '@every 90m');
    await page.getByLabel('every so many minutes').fill('');
    await page.getByText('A number is missing.').waitFor();
    assert.equal(await cron.inputValue(), '@every 90m');
    await kind.selectOption('weekly');
    for (const day of ['Mon', 'Tue', 'Wed', 'Thu', 'Fri']) await page.getByRole('checkbox', { name: day }).uncheck();
    await page.getByText('Choose at least one day.').waitFor();
    assert.equal(await cron.inputValue(), '0 9 * * 5');
    await page.getByRole('checkbox', { name: 'Sun' }).check();
    assert.equal(await cron.inputValue(), '0 9 * * 0');
  });

  test('what has the focus is never behind the bar below', async () => {
    const { page } = at;
    await page.setViewportSize({ width: 1440, height: 700 });
    await page.goto('/ui/tasks/create');
    await page.locator('fieldset.all:enabled').waitFor();
    await page.evaluate(() => document.querySelectorAll('form details').forEach((fold) => (fold.open = true)));
    await page.getByLabel('Name').focus();
    const hidden = [];
    for (;;) {
      await page.keyboard.press('Tab');
      const seen = await page.evaluate(() => {
        const focused = document.activeElement;
        const bar = document.querySelector('.save');
        if (bar.contains(focused)) return null;
        const { top, height } = focused.getBoundingClientRect();
        // Of a box for text, the line with the caret.
        return { name: focused.name || focused.textContent || focused.labels?.[0]?.textContent, below: top + Math.min(height, 32) > bar.getBoundingClientRect().top + 8 };
      });
      if (!seen) break;
      if (seen.below) hidden.push(seen.name);
    }
    assert.deepEqual(hidden, []);
  });

  test('a long command with a scrollbar breaks its lines where its coloured text does', async () => {
    const { server } = at;
    const browser = await startBrowser({ scrollbars: true });
    try {
      const { page } = await openPage(browser, server);
      await page.goto('/ui/tasks/create');
      // Of every length that fits into a line or just does not.
      const lines = Array.from({ length: 60 }, (_, more) => 'x'.repeat(70 + more));
      await page.getByLabel('Command', { exact: true }).fill(lines.join('\n'));
      const [text, colours, bar] = await page.evaluate(() => {
        const box = document.querySelector('textarea[name=command]');
        return [box.scrollHeight, box.previousElementSibling.scrollHeight, box.offsetWidth - box.clientWidth];
      });
      assert.ok(bar > 5, `a scrollbar of ${bar}`);
      assert.ok(Math.abs(text - colours) <= 1, `${text} and ${colours}`);
    } finally {
      await browser.close();
    }
  });

  test('a crontab is seen as the server reads it before it is imported', async () => {
    const { page, server, create } = at;
    await create('there before');
    await page.goto('/ui/tasks');
    await page.getByRole('button', { name: 'Import a crontab' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: 'Import a crontab' }).fill(
      ['MAILTO=ops@example.com', 'CRON_TZ=Asia/Shanghai', '# from paper', '30 2 * * 1-5 cat%first%second', '99 * * * * false', '@daily echo the other', ''].join('\n'),
    );
    await dialog.getByText('At 02:30, Monday to Friday (Asia/Shanghai time)').waitFor();
    await dialog.getByText(/Next: .*with standard input/).waitFor();
    await dialog.getByText(/Line 5:.*99/).waitFor();
    await dialog.getByText(/Line 1:.*mail/i).waitFor();
    assert.match(await dialog.getByRole('status').textContent(), /2 lines become tasks.*1 line can not be imported/);
    assert.match(await dialog.getByRole('listitem').first().textContent(), /Line 5:/);
    assert.deepEqual(await accessibilityFindings(page), []);
    // One of the two is refused when it comes to it.
    let refusals = 0;
    await page.route('**/tasks', async (route) => {
      if (route.request().method() !== 'POST' || !route.request().postData().includes('the other')) return route.continue();
      refusals += 1;
      await route.fulfill({ status: 422, contentType: 'application/problem+json', body: JSON.stringify({ type: 'about:blank', title: 'Invalid', status: 422, detail: 'command: is odd', errors: [{ loc: ['body', 'command'], msg: 'is odd' }] }) });
    });
    await dialog.getByRole('button', { name: 'Import 2 tasks' }).click();
    await dialog.getByRole('button', { name: 'Import 1 task', exact: true }).waitFor();
    await dialog.getByText('is odd').waitFor();
    assert.equal(await dialog.getByText('is odd').count(), 1);
    assert.equal((await dialog.getByText('is odd').textContent()).split('is odd').length, 2);
    await page.unroute('**/tasks');
    await dialog.getByRole('button', { name: 'Import 1 task', exact: true }).click();
    await dialog.getByText('Imported 2 tasks').waitFor();
    await dialog.getByText(/still stand in the crontab.*run twice/).waitFor();
    assert.equal(await dialog.getByRole('button', { name: 'Import' }).count(), 0);
    await dialog.locator('footer').getByRole('button', { name: 'Close' }).click();
    await dialog.waitFor({ state: 'detached' });
    assert.equal(refusals, 1);
    const { items } = await server.api('GET', '/tasks?search=from+paper');
    assert.deepEqual(items.map(({ name, timezone, stdin }) => [name, timezone, stdin.trim()]), [['from paper', 'Asia/Shanghai', 'first\nsecond']]);
    await page.getByRole('button', { name: 'Import a crontab' }).click();
    await dialog.getByRole('textbox', { name: 'Import a crontab' }).fill('CRON_TZ=Asia/Shanghai\n@daily echo the other\n');
    await dialog.getByText('Already there').waitFor();
    assert.equal(await dialog.getByRole('button', { name: 'Import 0 tasks' }).isDisabled(), true);
  });
});
