// The list of tasks: what has room in it, what stands before what, and what it says while a delete can be undone.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { accessibilityFindings, answeredLater, openPage, PASSWORD } from './harness.mjs';
import { fixture, shared } from './shared.mjs';

const LONG_TAGS = ['customer-facing-systems-of-record', 'warehouse-replication-europe', 'quarterly-compliance-reporting', 'x'];

describe('lists', () => {
  const at = fixture();
  after(() => shared.server.api('POST', '/tasks/bulk/delete', { filter: {} }));
  const deleteAll = async (page) => {
    await page.getByLabel('Select this page').check();
    await page.getByRole('region', { name: 'Selected tasks' }).getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  };

  test('a name is readable at every width, however long its tags are', async () => {
    const { server, create, browser } = at;
    await create('wide 59 — export of the ledger', { tags: LONG_TAGS });
    await create('wide 60 — export of the ledger', { tags: LONG_TAGS.slice(0, 1) });
    await create('wide 61 — export of the ledger');
    await create('w', { tags: ['wide', 'o'] });
    const { page, context } = await openPage(browser, server, { language: 'zh' });
    try {
      await page.goto('/ui/tasks?search=wide&sort=name&order=desc');
      for (const width of [360, 768, 820, 1024, 1100, 1280]) {
        await page.setViewportSize({ width, height: 700 });
        await page.locator('tr[data-id]').nth(3).waitFor();
        const names = await page.locator('tr[data-id] a.name').evaluateAll((links) => links.map((link) => ({ shown: link.clientWidth, whole: link.scrollWidth })));
        const [bare, one, many] = names;
        assert.ok(many.shown >= 110, `${width}: ${many.shown} px beside four long tags`);
        assert.ok(one.shown >= 150, `${width}: ${one.shown} px beside one long tag`);
        assert.ok(bare.shown >= Math.min(bare.whole, 190), `${width}: ${bare.shown} px of ${bare.whole} alone`);
        if (width === 1280) assert.equal(one.shown, one.whole, 'at 1280 the tag yields, not the name');
        assert.deepEqual(await accessibilityFindings(page), [], `${width}`);
      }
    } finally {
      await context.close();
    }
  });

  test('the way back leads to where one was, the way on to the top', async () => {
    const { page, server, create } = at;
    for (let i = 100; i < 140; i += 1) await create(`far down ${i}`);
    const [{ id }] = (await server.api('GET', '/tasks?search=far%20down%20130')).items;
    await page.setViewportSize({ width: 1280, height: 700 });
    await page.goto('/ui/tasks?search=far&sort=name&order=asc&page_size=50');
    const link = page.getByRole('link', { name: 'far down 130' });
    const top = () => page.evaluate(() => scrollY);
    const isAt = (wanted) => page.waitForFunction((wanted) => scrollY === wanted, wanted);
    await link.waitFor();
    // It comes above the list, which would move.
    await page.getByRole('button', { name: 'Change password' }).waitFor();
    await page.evaluate(() => scrollTo(0, 900));
    await link.click();
    await page.getByRole('heading', { name: 'far down 130' }).waitFor();
    assert.equal(await top(), 0);
    // The list comes late: its height is waited for.
    await page.route('**/tasks?*', async (route) => {
      await server.until('the skeleton is drawn', () => page.locator('tr.skeleton').count());
      await route.continue();
    });
    await page.goBack();
    await isAt(900);
    await page.waitForFunction((href) => document.activeElement.getAttribute('href') === href, `/ui/tasks/${id}`);
    await page.unroute('**/tasks?*');
    await page.reload();
    // The bar about the password may come later and move it by its height.
    await page.waitForFunction(() => scrollY >= 900 && scrollY < 950);
    await page.getByRole('button', { name: 'Change password' }).waitFor();
    await page.evaluate(() => scrollTo(0, 800));
    // Another query of the same list is another place.
    await page.getByRole('button', { name: /^Paused/ }).evaluate((button) => button.click());
    await page.getByRole('button', { name: 'Clear the filters' }).waitFor();
    await page.goBack();
    await isAt(800);
    assert.deepEqual(at.complaints, []);
  });

  test('how long ago a task ran is not cut off', async () => {
    const { page, create, run, ended } = at;
    await ended(await run(await create('long ago')));
    await answeredLater(page, 25 * 24 * 3_600_000);
    await page.goto('/ui/tasks?search=long+ago');
    for (const width of [1081, 1100, 1280, 1366, 1440]) {
      await page.setViewportSize({ width, height: 700 });
      await page.getByText('25 days ago', { exact: true }).waitFor();
      const [room, needed] = await page.locator('td.last').evaluate((cell) => [cell.clientWidth, cell.scrollWidth]);
      assert.ok(needed <= room, `${width}: ${needed} px in ${room}`);
    }
  });

  test('every width tells the last runs and the exact next fire, and can be sorted', async () => {
    const { page, create, run, ended } = at;
    await ended(await run(await create('evergreen b', { cron: '30 4 29 2 *' })));
    await create('evergreen a');
    await page.goto('/ui/tasks?search=evergreen');
    for (const width of [360, 390, 761, 768, 940, 941, 1024, 1080, 1280]) {
      await page.setViewportSize({ width, height: 740 });
      const row = at.row('evergreen b');
      await row.locator('.strip path.SUCCESS').first().waitFor();
      await row.getByText(/sec|now/).first().waitFor();
      await row.locator('[data-tip=fire]:visible', { hasText: /\d\d:\d\d/ }).waitFor();
      const cut = await row.locator('[data-tip=fire], .last, .strip').evaluateAll((parts) => parts.filter((part) => part.scrollWidth > part.clientWidth + 1).map((part) => part.outerHTML.slice(0, 80)));
      assert.deepEqual(cut, [], `${width}`);
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width);
      assert.deepEqual(await accessibilityFindings(page), [], `${width}`);
      const heads = await page.locator('thead').getByRole('button', { name: 'Name' }).isVisible();
      assert.equal(await page.getByLabel('Sort by').isVisible(), !heads, `${width}: one way to sort`);
    }
    await page.setViewportSize({ width: 360, height: 740 });
    const names = (...wanted) => page.waitForFunction((wanted) => [...document.querySelectorAll('tr[data-id] a.name')].map((link) => link.textContent).join() === wanted, wanted.join());
    await page.getByLabel('Sort by').selectOption('Name');
    await names('evergreen b', 'evergreen a');
    await page.getByRole('button', { name: 'Descending' }).click();
    await names('evergreen a', 'evergreen b');
    assert.equal(await page.getByRole('button', { name: 'Ascending' }).count(), 1);
  });

  test('the pager can be used while the bar of what is selected stands there', async () => {
    const { page, create, row } = at;
    for (let number = 10; number < 37; number += 1) await create(`turned ${number}`);
    for (const width of [360, 1280]) {
      await page.setViewportSize({ width, height: 740 });
      await page.goto('/ui/tasks?search=turned&page_size=25&sort=name&order=asc');
      await page.getByLabel('Select turned 10').check();
      await page.locator('.bar[role=region]').waitFor();
      await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
      const next = page.getByRole('button', { name: 'Next page' });
      assert.ok(await next.evaluate((button) => {
        const { left, top, width, height } = button.getBoundingClientRect();
        return [0.1, 0.5, 0.9].every((part) => button.contains(document.elementFromPoint(left + width / 2, top + height * part)));
      }), `${width}: something lies over it`);
      await next.click();
      await row('turned 36').waitFor();
    }
  });

  test('rows stay under the pointer when somebody else makes a task', async () => {
    const { page, create, row } = at;
    for (const name of ['still one', 'still two']) await create(name);
    await page.goto('/ui/tasks?search=still');
    await row('still one').hover();
    const before = await row('still one').boundingBox();
    await create('still three');
    await page.getByRole('button', { name: '1 new', exact: true }).waitFor();
    assert.deepEqual(await row('still one').boundingBox(), before);
    assert.equal(await row('still three').count(), 0);
    await page.getByRole('button', { name: '1 new', exact: true }).click();
    await row('still three').waitFor();
    await create('still four');
    await page.getByRole('button', { name: '1 new', exact: true }).waitFor();
    await page.mouse.move(5, 5);
    await row('still four').waitFor();
    assert.equal(await page.locator('.waiting').count(), 0);
    // Nobody points at it: it comes at once.
    await create('still five');
    await row('still five').waitFor();
    // An order that is asked for holds, also where something new comes before its answer does.
    let isFirst = true;
    await page.route('**/tasks?*sort=name*', async (route) => {
      if (!isFirst) return route.continue();
      isFirst = false;
      await create('still six');
    });
    await page.locator('thead').getByRole('button', { name: 'Name' }).click();
    await page.waitForFunction(() => [...document.querySelectorAll('tr[data-id] a.name')].map((link) => link.textContent).join() === ['five', 'four', 'one', 'six', 'three', 'two'].map((word) => `still ${word}`).join());
  });

  test('more than can be selected is said to be left out', async () => {
    const { page, create } = at;
    for (let done = 0; done < 1003; done += 17) await Promise.all(Array.from({ length: 17 }, (_, each) => create(`crowded ${done + each}`)));
    await page.goto('/ui/tasks?search=crowded');
    await page.getByLabel('Select this page').check();
    await page.getByRole('button', { name: 'Select the first 1,000 of 1,003 that match' }).click();
    await page.getByText('1,000 of 1,003 are selected, the most at once.').waitFor();
    await page.getByRole('region', { name: 'Selected tasks' }).getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('dialog').getByText('3 more match, and are not among them.').waitFor();
  });

  test('a word of what was done stands above the bar of what is selected', async () => {
    const { page, create, row } = at;
    for (const name of ['covered one', 'covered two']) await create(name);
    for (const width of [1280, 360]) {
      await page.setViewportSize({ width, height: 740 });
      await page.goto('/ui/tasks?search=covered');
      await row('covered one').getByRole('button', { name: /Pause|Resume/ }).click();
      await page.locator('.toast').waitFor();
      await page.locator('tr[data-id] input[type=checkbox]').first().check();
      const bar = await page.locator('.bar[role=region]').boundingBox();
      const toast = await page.locator('.toast').last().boundingBox();
      assert.ok(toast.y + toast.height <= bar.y, `${width}: the toast ends at ${toast.y + toast.height}, the bar begins at ${bar.y}`);
    }
  });

  test('while a delete can be undone, the list and its counts tell of what is left', async () => {
    const { page, server, create, row } = at;
    const made = [];
    for (const name of ['leaving one', 'leaving two', 'leaving three']) made.push(await create(name));
    await server.api('POST', `/tasks/${made[0].id}/pause`);
    await page.goto('/ui/tasks?search=leaving');
    await row('leaving one').waitFor();
    const count = (tab) => page.locator('.tabs button', { hasText: tab }).locator('.count').textContent();
    assert.deepEqual([await count('All'), await count('Active'), await count('Paused')], ['3', '2', '1']);
    await deleteAll(page);
    await page.getByText('3 tasks deleted here. Undo brings them back.').waitFor();
    assert.deepEqual([await count('All'), await count('Active'), await count('Paused')], ['0', '0', '0']);
    assert.equal(await page.getByText('No task matches.').count(), 0);
    await page.getByRole('button', { name: 'Undo' }).click();
    await row('leaving one').waitFor();
    assert.deepEqual([await count('All'), await count('Active'), await count('Paused')], ['3', '2', '1']);
    await deleteAll(page);
    await server.until('they are gone', async () => (await server.api('GET', '/tasks?search=leaving')).total === 0);
    await page.getByText('No task matches.').waitFor();
    assert.equal(await count('All'), '0');
  });

  test('what is deleted stays away on every page until it is undone', async () => {
    const { page, server, create, row } = at;
    for (const name of ['parting one', 'parting two', 'parting last']) await create(name, { tags: ['parting'] });
    const broken = await create('parting broken', { command: 'exit 3', tags: ['parting'] });
    await at.ended(await at.run(broken));
    const all = () => page.locator('.tabs button', { hasText: 'All' }).locator('.count').textContent();
    await page.goto('/ui/overview');
    const failed = page.locator('.needs li', { hasText: 'parting broken' });
    await failed.waitFor();
    await page.goto('/ui/tasks?tag=parting');
    await row('parting one').waitFor();
    await deleteAll(page);
    await page.getByText('4 tasks deleted here. Undo brings them back.').waitFor();
    await page.getByRole('link', { name: 'Overview' }).click();
    await page.locator('.calm, .needs').waitFor();
    assert.equal(await failed.count(), 0, 'the overview knows that it is deleted');
    await page.goBack();
    await page.getByText('4 tasks deleted here. Undo brings them back.').waitFor();
    assert.equal(await all(), '0');
    await page.getByRole('button', { name: 'Undo' }).click();
    await row('parting one').waitFor();
    assert.equal(await all(), '4');
    // From the page of a task, too.
    await row('parting last').locator('a.name').click();
    await page.getByRole('button', { name: 'More for parting last' }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('heading', { name: 'Tasks' }).waitFor();
    await row('parting one').waitFor();
    assert.equal(await row('parting last').count(), 0);
    const { total } = await server.api('GET', '/tasks');
    assert.equal(await all(), String(total - 1));
    await page.getByRole('button', { name: 'Undo' }).click();
    await row('parting last').waitFor();
    assert.equal(await all(), String(total));
  });

  test('what is deleted is neither shown nor counted among what ran and what comes until it is undone', async () => {
    const { page, server, create, row } = at;
    await server.api('POST', '/tasks/bulk/delete', { filter: {} });
    const fading = await create('fading', { cron: '*/10 * * * *' });
    await create('staying', { cron: '*/5 * * * *' });
    await at.ended(await at.run(fading));
    const counted = () => page.locator('button.cell').evaluateAll((cells) => cells.reduce((sum, cell) => sum + Number(cell.textContent), 0));
    const pages = {
      Executions: {
        told: () => page.locator('td.task', { hasText: 'fading' }),
        without: () => page.getByText('Only executions of tasks that were just deleted.').waitFor(),
      },
      Timeline: { told: () => page.locator('.lane', { hasText: 'fading' }), without: () => page.locator('.lane', { hasText: 'staying' }).waitFor() },
      Upcoming: {
        told: () => page.locator('.fires li', { hasText: 'fading' }),
        without: async () => {
          await page.locator('.fires li', { hasText: 'staying' }).first().waitFor();
          assert.equal(await counted(), 288);
          assert.equal(await page.locator('.together').count(), 0);
        },
        again: () => page.waitForFunction(() => [...document.querySelectorAll('button.cell')].reduce((sum, cell) => sum + Number(cell.textContent), 0) === 288 + 144),
      },
    };
    for (const [name, { told, without, again }] of Object.entries(pages)) {
      await page.goto('/ui/tasks');
      await row('fading').getByRole('checkbox').check();
      await page.getByRole('region', { name: 'Selected tasks' }).getByRole('button', { name: 'Delete' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
      await row('fading').waitFor({ state: 'detached' });
      await page.getByRole('link', { name, exact: true }).click();
      await page.getByRole('heading', { name, exact: true }).waitFor();
      await without();
      assert.equal(await told().count(), 0, name);
      await page.getByRole('button', { name: 'Undo' }).click();
      await told().first().waitFor();
      await again?.();
    }
    // Where tasks are looked for, too.
    await page.goto('/ui/tasks');
    await row('fading').getByRole('checkbox').check();
    await page.getByRole('region', { name: 'Selected tasks' }).getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('link', { name: 'Executions', exact: true }).click();
    const box = page.getByRole('combobox', { name: 'Task', exact: true });
    await box.focus();
    await page.getByRole('option', { name: 'staying' }).waitFor();
    assert.equal(await page.getByRole('option', { name: 'fading' }).count(), 0);
    await page.getByRole('button', { name: 'Undo' }).click();
    await box.focus();
    await page.getByRole('option', { name: 'fading' }).waitFor();
  });

  test('what follows moves up when a whole page is deleted', async () => {
    const { page, create, row } = at;
    for (let number = 1; number <= 6; number += 1) await create(`queued ${number}`);
    await page.goto('/ui/tasks?search=queued&page_size=4&sort=name&order=asc');
    await row('queued 1').waitFor();
    await deleteAll(page);
    await row('queued 5').waitFor();
    await page.getByText('1–2 of 2').waitFor();
    assert.equal(await page.locator('tr[data-id]').count(), 2);
    await page.getByRole('button', { name: 'Undo' }).click();
    await row('queued 1').waitFor();
    await page.getByText('1–4 of 6').waitFor();
  });

  test('an address of a page that is not there leads to the last one', async () => {
    const { page, create, row } = at;
    for (let number = 1; number <= 3; number += 1) await create(`brink ${number}`);
    await page.goto('/ui/tasks?search=brink&page_size=2&sort=name&order=asc&page=99');
    await row('brink 3').waitFor();
    await page.getByText('3–3 of 3').waitFor();
    assert.match(page.url(), /page=2(&|$)/);
  });

  test('the address says how many stand on a page', async () => {
    const { page, create } = at;
    for (let number = 1; number <= 3; number += 1) await create(`few ${number}`);
    await page.goto('/ui/tasks?search=few&page_size=2');
    await page.getByText('1–2 of 3').waitFor();
    assert.equal(await page.locator('tr[data-id]').count(), 2);
    assert.equal(await page.getByLabel('Per page').inputValue(), '2');
  });

  test('pins and saved views are there at every browser of the account, and in each of its tabs', async () => {
    const { page, server, browser, create, row } = at;
    await server.api('POST', '/tasks/bulk/delete', { filter: {} });
    await server.api('PUT', '/auth/me/preferences', {});
    const [here, there] = [await create('pinned here'), await create('pinned there')];
    const kept = (what, test) => server.until(what, async () => test(await server.api('GET', '/auth/me/preferences')));
    const viewsOf = async (page) => {
      await page.getByRole('button', { name: 'Saved views' }).click();
      return page.getByRole('menuitemradio');
    };
    const pinIt = async (page, name) => {
      await page.getByRole('button', { name: `More for ${name}` }).click();
      await page.getByRole('menuitem', { name: 'Pin to the top' }).click();
    };
    // What this browser kept by itself in an earlier version comes along once.
    await page.goto('/login');
    await page.evaluate((id) => {
      localStorage.setItem('pins', JSON.stringify([id]));
      localStorage.setItem('views', JSON.stringify([{ name: 'of old', query: '?tag=old' }]));
    }, here.id);
    await page.goto('/ui/tasks?sort=id&order=asc');
    await page.locator('tr[data-id]').first().filter({ hasText: 'pinned here' }).waitFor();
    await kept('they were taken over', ({ pins, views }) => pins.includes(here.id) && views[0]?.name === 'of old');
    await page.waitForFunction(() => localStorage.getItem('pins') === null && localStorage.getItem('views') === null);
    // Elsewhere, and from there in this browser's two tabs.
    const tab = await at.context.newPage();
    await tab.goto('/ui/tasks?sort=id&order=asc');
    await tab.locator('tr[data-id]').first().filter({ hasText: 'pinned here' }).waitFor();
    const other = await openPage(browser, server, { strange: true });
    try {
      await other.page.goto('/ui/tasks?sort=id&order=asc');
      await other.page.getByLabel('User name').fill('admin');
      await other.page.getByLabel('Password').fill(PASSWORD);
      await other.page.keyboard.press('Enter');
      await other.page.locator('tr[data-id]').first().filter({ hasText: 'pinned here' }).waitFor();
      await pinIt(other.page, 'pinned there');
      await kept('it is pinned', ({ pins }) => pins[0] === there.id);
    } finally {
      await other.context.close();
    }
    // This one has not heard of that yet: what it adds is added to it.
    await page.getByRole('button', { name: 'More for pinned here' }).click();
    await page.getByRole('menuitem', { name: 'Unpin' }).click();
    await kept('both changes count', ({ pins }) => pins.length === 1 && pins[0] === there.id);
    for (const one of [page, tab]) await one.locator('tr[data-id]').first().filter({ hasText: 'pinned there' }).waitFor();
    assert.deepEqual((await (await viewsOf(page)).allTextContents()).map((text) => text.trim()), ['of old']);
    await page.keyboard.press('Escape');
    // What could not be told at once is not lost with the page.
    await page.route('**/auth/me/preferences', (route) => (route.request().method() === 'PUT' ? route.abort() : route.continue()));
    await pinIt(page, 'pinned here');
    await page.locator('tr[data-id]').first().filter({ hasText: 'pinned here' }).waitFor();
    await page.unroute('**/auth/me/preferences');
    await page.goto('/ui/executions');
    await kept('it is told by the next page', ({ pins }) => pins[0] === here.id && pins[1] === there.id);
    await tab.close();
    await server.api('PUT', '/auth/me/preferences', {});
  });

  test('what the server refuses to keep is taken back with a word', async () => {
    const { page, create, row, complaints } = at;
    await create('not to be pinned');
    await page.goto('/ui/tasks?search=not+to+be');
    await row('not to be pinned').waitFor();
    await page.route('**/auth/me/preferences', (route) =>
      route.request().method() === 'PUT' ? route.fulfill({ status: 503, contentType: 'application/problem+json', body: '{"title":"Unavailable","status":503,"detail":"the disk is full"}' }) : route.continue());
    await page.getByRole('button', { name: 'More for not to be pinned' }).click();
    await page.getByRole('menuitem', { name: 'Pin to the top' }).click();
    await page.getByText('the disk is full').waitFor();
    assert.equal(await row('not to be pinned').locator('.pin').count(), 0);
    complaints.length = 0;
  });

  test('a saved view is forgotten without a look at it', async () => {
    const { page } = at;
    await page.goto('/ui/tasks?search=once');
    await page.getByRole('button', { name: 'Saved views' }).click();
    await page.getByRole('menuitem', { name: 'Save this view' }).click();
    await page.getByLabel('Name of the view').fill('passing');
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await page.goto('/ui/tasks');
    await page.getByRole('button', { name: 'Saved views' }).click();
    await page.getByRole('menuitem', { name: 'Forget passing' }).click();
    await page.getByRole('button', { name: 'Saved views' }).click();
    await page.getByRole('menuitem', { name: 'Save this view' }).waitFor();
    assert.equal(await page.getByText('passing').count(), 0);
  });

  test('j and k walk the executions', async () => {
    const { page, create, run, ended } = at;
    const task = await create('walked');
    const first = await run(task);
    await ended(first);
    const second = await run(task, { force: true });
    await ended(second);
    await page.goto('/ui/executions');
    const focused = (id) => page.locator(`td.id a[href="/ui/executions/${id}"]:focus`).waitFor();
    await page.locator(`td.id a[href="/ui/executions/${first}"]`).waitFor();
    await page.keyboard.press('j');
    await focused(second);
    await page.keyboard.press('j');
    await focused(first);
    await page.keyboard.press('k');
    await focused(second);
  });
});
