// The list of executions, and what one execution says of itself.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { accessibilityFindings, PHONE } from './harness.mjs';
import { fixture } from './shared.mjs';

describe('executions', () => {
  const at = fixture();
  const rows = () => at.page.locator('tbody tr');
  const fact = (label) => at.page.locator('dl > div', { has: at.page.getByText(label, { exact: true }) }).locator('dd');

  test('those of one task are chosen by its name, and linked to', async () => {
    const { page, create, run, ended } = at;
    const [one, other] = [await create('chosen one'), await create('not this one')];
    const ids = [await run(one), await run(other)];
    for (const id of ids) await ended(id);
    await page.goto('/ui/executions');
    await page.getByRole('combobox', { name: 'Task' }).fill('chosen by nobody');
    await page.getByText('No task matches.').waitFor();
    await page.getByRole('combobox', { name: 'Task' }).fill('chosen on');
    await page.getByText('No task matches.').waitFor({ state: 'hidden' });
    await page.getByRole('option', { name: 'chosen one' }).click();
    await page.waitForURL(new RegExp(`task_id=${one.id}$`));
    await rows().filter({ hasText: 'not this one' }).first().waitFor({ state: 'detached' });
    assert.equal(await rows().count(), 1);
    await page.reload();
    await rows().filter({ hasText: 'chosen one' }).waitFor();
    await page.getByRole('button', { name: 'Remove chosen one' }).click();
    await rows().filter({ hasText: 'not this one' }).waitFor();
    await page.getByLabel('Cause').selectOption('heartbeat');
    await page.getByText('No executions here yet.').waitFor();
    await page.goto('/ui/executions?task_id=99999');
    await page.getByText('There is no task 99999. It was deleted, or there never was one.').waitFor();
    assert.equal(await page.getByText('No executions here yet.').count(), 0);
    assert.deepEqual(at.complaints, []);
  });

  test('however wide the list, each tells why it ran and what there is to remark', async () => {
    const { page, create, run, ended } = at;
    const task = await create('told at every width', { command: 'exit 7' });
    await ended(await run(task));
    for (const path of ['/ui/executions', `/ui/tasks/${task.id}`])
      for (const width of [768, 1000, 1001]) {
        await page.setViewportSize({ width, height: 700 });
        await page.goto(path);
        const row = rows().filter({ has: page.locator('td.remark', { hasText: 'exit code 7' }) }).first();
        for (const text of ['By hand', 'exit code 7']) {
          const box = await row.getByText(text).boundingBox();
          assert.ok(box && box.height >= 12 && box.x + 60 <= width, `${path} at ${width}: ${text}`);
        }
        assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)) <= 0, `${width}`);
      }
    assert.deepEqual(at.complaints, []);
  });

  test('on a phone each tells how long it took and why it ran, and all filters are there', async () => {
    const { page, create, run, ended } = at;
    const id = await run(await create('told on a phone', { command: 'sleep 1.1' }));
    await ended(id);
    await page.setViewportSize(PHONE);
    await page.goto('/ui/executions');
    const row = rows().filter({ hasText: 'told on a phone' });
    for (const text of [/^1\.\d s$/, 'By hand', 'Success', 'told on a phone']) {
      const box = await row.getByText(text).boundingBox();
      assert.ok(box && box.x >= 0 && box.x + box.width <= PHONE.width, String(text));
    }
    await page.getByLabel('From').scrollIntoViewIfNeeded();
    await page.getByLabel('to', { exact: true }).fill('2001-01-01T00:00');
    await page.getByText('No executions here yet.').waitFor();
  });

  test('a list that was read back keeps its rows while others come, and when one comes back to it', async () => {
    const { page, server, create, run, ended } = at;
    const task = await create('many of them', { overlap: 'allow', keep_executions: 200 });
    const ids = [];
    // It runs on, and ends while it stands on the second page.
    const slow = await create('long before them', { command: 'sleep 3000', timeout_s: 0 });
    const first = await run(slow);
    for (let number = 0; number < 56; number += 1) ids.push(await run(task, { force: true }));
    for (const id of ids) await ended(id);
    const shown = () => page.locator('td.id a').evaluateAll((links) => links.map(({ textContent }) => Number(textContent)));
    const all = (count) => page.waitForFunction((wanted) => document.querySelectorAll('td.id a').length === wanted, count);
    await page.goto(`/ui/executions?task_id=${task.id}`);
    await all(50);
    await page.getByRole('button', { name: 'Show older' }).click();
    await all(56);
    for (let number = 0; number < 3; number += 1) ids.push(await run(task, { force: true }));
    await page.getByRole('link', { name: `Execution ${ids.at(-1)}`, exact: true }).waitFor();
    await all(59);
    assert.deepEqual(await shown(), ids.toReversed());
    for (const id of ids.slice(-3)) await ended(id);
    await page.goto('/ui/executions');
    await all(50);
    await page.getByRole('button', { name: 'Show older' }).click();
    const long = rows().filter({ hasText: 'long before them' });
    await long.getByText('Running').waitFor();
    await server.api('POST', `/executions/${first}/cancel`);
    await long.locator('td.status').getByText('Cancelled').waitFor();
    await page.goBack();
    await all(50);
    await page.getByRole('button', { name: 'Show older' }).click();
    await all(59);
    await page.getByRole('link', { name: `Execution ${ids[0]}`, exact: true }).click();
    await page.waitForURL(`**/ui/executions/${ids[0]}`);
    await page.getByRole('heading', { name: 'many of them' }).waitFor();
    await page.goBack();
    await all(59);
    await page.waitForFunction((href) => document.activeElement?.getAttribute('href') === href, `/ui/executions/${ids[0]}`);
    assert.deepEqual(await shown(), ids.toReversed());
    assert.deepEqual(at.complaints, []);
  });

  test('what is read back while runs come in has each of them once, and all', async () => {
    const { page, create, run, ended } = at;
    const task = await create('never still', { overlap: 'allow', keep_executions: 500 });
    const ids = [];
    const some = async (count) => {
      for (let number = 0; number < count; number += 1) ids.push(await run(task, { force: true }));
    };
    await some(120);
    const shown = () => page.locator('td.id a').evaluateAll((links) => links.map(({ textContent }) => Number(textContent)));
    await page.goto(`/ui/executions?task_id=${task.id}`);
    await page.waitForFunction(() => document.querySelectorAll('td.id a').length === 50);
    const older = page.getByRole('button', { name: 'Show older' });
    const newest = () => page.getByRole('link', { name: `Execution ${ids.at(-1)}`, exact: true }).waitFor();
    // Before each page is asked for, while it is on its way (of the first more than a page), and after it.
    let pages = 0;
    const handled = [];
    const comeAround = async (route) => {
      pages += 1;
      if (pages <= 3) {
        await some(pages === 1 ? 60 : 3);
        await newest();
      }
      // The page may have given the request up, for a newer one.
      await route.continue().catch(() => {});
      await some(2);
    };
    await page.route(/[?&]before=/, (route) => {
      handled.push(comeAround(route));
      return handled.at(-1);
    });
    while (await older.count()) {
      await some(3);
      const before = await shown();
      await older.click();
      await page.waitForFunction((last) => Number([...document.querySelectorAll('td.id a')].at(-1).textContent) < last, before.at(-1));
      const all = await shown();
      assert.equal(new Set(all).size, all.length, 'each once');
      // The page may know of one sooner than it was answered here.
      const now = all.filter((id) => ids.includes(id));
      const from = ids.indexOf(now.at(-1));
      const to = ids.indexOf(now[0]);
      assert.deepEqual(now, ids.slice(from, to + 1).toReversed(), 'none is left out');
    }
    // What catches up asks for pages too.
    for (let count = 0; count < handled.length;) {
      count = handled.length;
      await Promise.all(handled);
    }
    await newest();
    await page.waitForFunction((count) => document.querySelectorAll('td.id a').length === count, ids.length);
    assert.deepEqual(await shown(), ids.toReversed());
    for (const id of ids.slice(-9)) await ended(id);
    assert.deepEqual(at.complaints, []);
  });

  test('an address with a time that is none says so, and one is linked to with its zone', async () => {
    const { page, create, run, ended } = at;
    await ended(await run(await create('of some time')));
    await page.goto('/ui/executions?since=garbage');
    await page.getByText('“garbage” in the address is no time').waitFor();
    await rows().filter({ hasText: 'of some time' }).waitFor();
    await page.getByLabel('From').fill('2026-01-02T03:04');
    await page.waitForURL(/since=[-0-9]+T[0-9]{2}%3A[0-9]{2}Z$/);
    await page.getByText('in the address is no time').waitFor({ state: 'detached' });
    await page.reload();
    assert.equal(await page.getByLabel('From').inputValue(), '2026-01-02T03:04');
    assert.deepEqual(at.complaints, []);
  });

  test('a narrow list has room for the names, and a phone for the remarks', async () => {
    const { page, create, run, ended } = at;
    await ended(await run(await create('a name of quite some length', { command: 'exit 7' })));
    await page.setViewportSize({ width: 768, height: 900 });
    await page.goto('/ui/executions');
    const row = rows().filter({ hasText: 'a name of quite some length' });
    await row.waitFor();
    assert.equal(await row.locator('a.name').evaluate((name) => name.scrollWidth > name.clientWidth), false);
    await page.setViewportSize(PHONE);
    const box = await row.getByText('exit code 7').boundingBox();
    assert.ok(box && box.height >= 12 && box.x + box.width <= PHONE.width);
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)) <= 0);
  });

  test('those whose output holds a text are found, with its line, as far back as one asks for', async () => {
    const { page, create, run, ended } = at;
    const found = await create('says what is looked for', { command: "echo before; printf '\\033[31mno Disk77\\033[0m <b>left</b>\\n'; echo after" });
    for (const task of [found, await create('says nothing of it', { command: 'echo fine' })]) await ended(await run(task));
    await page.goto('/ui/executions');
    const box = page.getByRole('searchbox', { name: 'Output contains' });
    await box.fill('dISK77');
    await box.press('Enter');
    await page.waitForURL(/output=dISK77/);
    await rows().filter({ hasText: 'says nothing of it' }).first().waitFor({ state: 'detached' });
    assert.equal(await page.locator('tr.match').textContent(), 'no Disk77 <b>left</b>');
    assert.equal(await page.locator('tr.match mark').textContent(), 'Disk77');
    await page.getByText('of one longer than 64 KiB, its first and last 32 KiB').waitFor();
    await page.reload();
    await page.locator('tr.match mark').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Search further back' }).count(), 0);
    assert.deepEqual(await accessibilityFindings(page), []);

    // a server that stops half-way, with nothing found so far
    const before = [];
    const farSearch = (url) => url.pathname === '/executions' && url.searchParams.get('output') === 'far';
    await page.route(farSearch, (route) => {
      const cursor = new URL(route.request().url()).searchParams.get('before');
      before.push(cursor);
      const answer = { null: ['7', '2026-01-03T00:00:00.000Z'], 7: ['5', '2026-01-02T00:00:00.000Z'], 5: [null, '2026-01-01T00:00:00.000Z'] }[cursor];
      return route.fulfill({ json: { items: [], next_cursor: answer[0], searched_until: answer[1] } });
    });
    await page.goto('/ui/executions?output=far');
    for (const time of [/Searched back to .*(3 Jan|Jan 3)/, /Searched back to .*(2 Jan|Jan 2)/]) {
      await page.getByText('Not found so far.').waitFor();
      await page.getByText(time).waitFor();
      await page.getByRole('button', { name: 'Search further back' }).click();
    }
    await page.getByText('No output of these executions contains it.').waitFor();
    assert.deepEqual(before.filter(Boolean), ['7', '5']);
    await page.unroute(farSearch);
    await page.getByRole('searchbox', { name: 'Output contains' }).fill('');
    await rows().filter({ hasText: 'says nothing of it' }).first().waitFor();
    assert.deepEqual(at.complaints, []);
  });

  test('a link of a chain leads to what started it, and to what it started', async () => {
    const { page, server, create, run, ended } = at;
    const first = await create('upstream of a chain');
    const next = await create('downstream of a chain', { after: { tasks: [first.id] } });
    const id = await run(first);
    await ended(id);
    const started = await server.until('the next has run', async () => (await server.api('GET', `/tasks/${next.id}/executions`)).items[0]?.id);
    await page.goto(`/ui/executions/${id}`);
    await page.getByRole('link', { name: `downstream of a chain #${started}` }).click();
    await page.waitForURL(`**/ui/executions/${started}`);
    await page.getByRole('link', { name: `Chain · upstream of a chain #${id}` }).waitFor();
    assert.equal(await page.getByText(`after execution ${id}`).count(), 0);
    await page.getByRole('link', { name: `Chain · upstream of a chain #${id}` }).click();
    await page.waitForURL(`**/ui/executions/${id}`);
  });

  test('an end is explained once, by whoever knows why', async () => {
    const { page, server, create, run, ended } = at;
    const failing = await run(await create('fails thrice', { command: 'exit 3', retry: { max_attempts: 3, initial_delay_s: 0.1, max_delay_s: 0.1 } }));
    const slow = await run(await create('too slow', { command: 'sleep 60', timeout_s: 1 }));
    const stopped = await run(await create('stopped by hand', { command: 'sleep 60' }));
    await server.until('it runs', async () => (await server.api('GET', `/executions/${stopped}`)).status === 'RUNNING');
    await server.api('POST', `/executions/${stopped}/cancel`);
    for (const id of [failing, slow, stopped]) await ended(id);
    const notice = page.locator('main p.notice');
    await page.setViewportSize(PHONE);
    await page.goto(`/ui/executions/${failing}`);
    await notice.getByText('attempt 3 of 3 failed: exit code 3', { exact: true }).waitFor();
    const box = await page.getByRole('group', { name: 'Attempts' }).getByRole('button', { name: 'attempt 3' }).boundingBox();
    assert.ok(box.x >= 0 && box.x + box.width <= PHONE.width, `the attempt that is shown stands at ${box.x}`);
    assert.match(await fact('CPU time').textContent(), /ms|s$/);
    await page.goto(`/ui/executions/${slow}`);
    await page.getByText('it took longer than its time limit').waitFor();
    await page.goto(`/ui/executions/${stopped}`);
    await notice.getByText('cancelled by admin', { exact: true }).waitFor();
    await page.getByText('it was cancelled', { exact: true }).waitFor();
  });

  test('what it ran tells the variables and arguments of the run itself, and secrets when an editor asks', async () => {
    const { page, server, create, run, ended } = at;
    await server.api('PUT', '/secrets/db.password', { value: 'sealed-for-good' });
    const task = await create('with surroundings', { command: 'env', env: { PLAIN: 'of the task', API_TOKEN: 'hunter2' }, secrets: { PGPASSWORD: 'db.password' } });
    const id = await run(task, { env: { PLAIN: 'changed', RUN_SECRET: 'zzz' }, args: ['a b', 'c'] });
    await ended(id);
    await page.goto(`/ui/executions/${id}`);
    await page.getByText('What it ran').click();
    const value = (name) => page.getByRole('row').filter({ has: page.getByRole('rowheader', { name, exact: true }) }).getByRole('cell');
    assert.equal(await value('PLAIN').textContent(), 'changed of this run alone');
    assert.equal(await value('API_TOKEN').textContent(), '••••••');
    assert.match(await value('RUN_SECRET').textContent(), /^•+ of this run alone$/);
    assert.equal(await value('PGPASSWORD').textContent(), 'the secret db.password');
    assert.equal(await fact('Arguments').textContent(), "'a b' c");
    await page.getByRole('button', { name: 'Show secret values' }).click();
    assert.equal(await value('API_TOKEN').textContent(), 'hunter2');
    assert.equal(await value('RUN_SECRET').textContent(), 'zzz of this run alone');
    assert.deepEqual(await accessibilityFindings(page), []);

    const next = await create('after its surroundings', { after: { tasks: [task.id] } });
    const first = await run(task);
    const started = await server.until('the next has run', async () => (await server.api('GET', `/tasks/${next.id}/executions`)).items[0]?.id);
    await page.goto(`/ui/executions/${started}`);
    await page.getByText('What it ran').click();
    assert.match(await value('MINI_SCHEDULER_UPSTREAM_EXECUTION_ID').textContent(), new RegExp(`^${first}\\b`));
    assert.deepEqual(at.complaints, []);
  });

  test('a signal is named where the exit code stands for one, and what is run again names its source', async () => {
    const { page, server, create, run, ended } = at;
    const id = await run(await create('interrupted', { command: 'exit 130' }));
    await ended(id);
    await page.goto(`/ui/executions/${id}`);
    await page.getByText('ended by a signal (SIGINT)', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Run again' }).click();
    await page.getByRole('link', { name: `Repeats #${id} · admin` }).waitFor();
    assert.equal(await page.getByText(`retry of execution ${id}`).count(), 0);
    await page.getByRole('link', { name: `Repeats #${id} · admin` }).click();
    await page.waitForURL(`**/ui/executions/${id}`);
    assert.ok(server);
  });

  test('the attempt that is looked at is in the address, beside the line', async () => {
    const { page, create, run, ended } = at;
    const id = await run(await create('tried twice', { command: 'echo "try $MINI_SCHEDULER_ATTEMPT"; exit 1', retry: { max_attempts: 2, initial_delay_s: 0.1 } }));
    await ended(id);
    await page.goto(`/ui/executions/${id}`);
    const line = (text) => page.getByRole('log').locator('.line', { hasText: text });
    await line('try 2').waitFor();
    const attempt = (number) => page.getByRole('group', { name: 'Attempts' }).getByRole('button', { name: `attempt ${number}` });
    await attempt(1).click();
    await line('try 1').waitFor();
    await page.getByRole('link', { name: 'Line 1' }).click();
    await page.waitForURL(/\?attempt=1#L1$/);
    await page.reload();
    await page.getByRole('log').locator('.line.marked', { hasText: 'try 1' }).waitFor();
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Download' }).click()]);
    assert.equal(download.suggestedFilename(), `execution-${id}-attempt-1.log`);
    await attempt(2).click();
    await line('try 2').waitFor();
    assert.equal(new URL(page.url()).search, '');
    assert.deepEqual(at.complaints, []);
  });

  test('a failure is compared with the last success over its whole output, however long', async () => {
    const { page, server, create, run, ended } = at;
    const task = await create('compared whole', { command: 'seq -f "line %.0f of a long output" 1 9000' });
    await ended(await run(task));
    await server.api('PATCH', `/tasks/${task.id}`, { command: 'seq -f "line %.0f of a long output" 1 9000 | sed "s/^line 1 /first /; s/^line 4500 /middle /"; exit 1' });
    const id = await run(task);
    await ended(id);
    await page.goto(`/ui/executions/${id}`);
    await page.getByRole('button', { name: /^Compare with the last success/ }).click();
    const diff = page.getByRole('region', { name: 'Difference of the two outputs' });
    await diff.waitFor();
    assert.deepEqual(await diff.locator('.gone, .came, .fold').allTextContents(), [
      '- line 1 of a long output',
      '+ first of a long output',
      '  … 4,492 equal lines …',
      '- line 4500 of a long output',
      '+ middle of a long output',
      '  … 4,497 equal lines …',
    ]);
    assert.deepEqual(await accessibilityFindings(page), []);
    assert.deepEqual(at.complaints, []);
  });

  test('the fires that come are those within starts_at and ends_at', async () => {
    const { page, create } = at;
    const upcoming = page.locator('section', { has: page.getByRole('heading', { name: 'Upcoming' }) });
    const over = await create('over for good', { cron: '0 9 * * *', ends_at: '2021-01-01T00:00:00Z' });
    await page.goto(`/ui/tasks/${over.id}`);
    await upcoming.getByText(/^It has ended: nothing fires after .*2021/).waitFor();
    assert.equal(await upcoming.locator('table').count(), 0);
    const later = await create('not yet', { cron: '0 9 * * *', timezone: 'UTC', starts_at: '2040-01-01T00:00:00Z', ends_at: '2040-01-03T00:00:00Z' });
    await page.goto(`/ui/tasks/${later.id}`);
    await upcoming.locator('td').first().waitFor();
    assert.equal(await upcoming.locator('tbody tr').count(), 2);
    assert.match(await upcoming.locator('tbody tr').first().textContent(), /2040/);
  });

  test('secrets of a call are hidden on its task, and shown when an editor asks', async () => {
    const { page, create } = at;
    const headers = { Authorization: 'Bearer canary-1', Cookie: 'sid=canary-2', 'X-Api-Key': 'canary-3', Accept: 'text/plain' };
    const task = await create('calls with secrets', { command: undefined, http: { url: 'http://127.0.0.1:9/?token=canary-4&page=2', headers } });
    await page.goto(`/ui/tasks/${task.id}`);
    const main = page.locator('main');
    await main.getByText('Accept=text/plain').first().waitFor();
    assert.doesNotMatch(await main.textContent(), /canary/);
    assert.match(await main.textContent(), /token=•+&page=2/);
    await page.getByRole('button', { name: 'Show secret values' }).click();
    for (const number of [1, 2, 3, 4]) assert.match(await main.textContent(), new RegExp(`canary-${number}`));
    await page.getByRole('button', { name: 'Hide secret values' }).click();
    assert.doesNotMatch(await main.textContent(), /canary/);
    await page.goto('/ui/tasks?search=calls+with+secrets');
    await at.row('calls with secrets').waitFor();
    assert.doesNotMatch(await main.innerHTML(), /canary/);
    assert.deepEqual(at.complaints, []);
  });
});
