// What comes, as the timeline and the calendar show it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { accessibilityFindings, answeredLater, openPage, PHONE, startServer } from './harness.mjs';
import { fixture, shared } from './shared.mjs';

describe('times', () => {
  const at = fixture();
  const clear = () => shared.server.api('POST', '/tasks/bulk/delete', { filter: {} });
  before(clear);
  after(clear);

  test('fires to come are hatched to the end of the window, however frequent others are', async () => {
    const { page, create } = at;
    // This alone has more fires than a list can tell.
    await create('dense', { cron: '*/5 * * * * *', tags: ['often'] });
    await create('once a day', { cron: '0 6 * * *' });
    await page.goto('/ui/timeline');
    await page.getByLabel('Window').selectOption('month');
    const lane = (name) => page.locator('.lane', { has: page.getByRole('link', { name }) });
    await lane('once a day').locator('.fire').nth(4).waitFor();
    const share = await lane('dense').locator('.track').evaluate((track) => {
      const [one, ...more] = track.querySelectorAll('.fire');
      const [box, band] = [track.getBoundingClientRect(), one.getBoundingClientRect()];
      return { bands: 1 + more.length, begins: (band.left - box.left) / box.width, ends: (band.right - box.left) / box.width };
    });
    assert.equal(share.bands, 1);
    assert.ok(share.begins > 0.75 && share.begins < 0.85 && share.ends > 0.99, JSON.stringify(share));
    const last = await lane('once a day').locator('.fire').last().evaluate((fire) => fire.offsetLeft / fire.parentElement.clientWidth);
    assert.ok(last > 0.95, `the last at ${last}`);
  });

  test('the timeline says how many tasks it leaves out, and a search in the address narrows it', async () => {
    const { page, server, create } = at;
    for (let number = 1; number <= 62; number += 1) await create(`lane ${String(number).padStart(2, '0')}`, { cron: '*/20 * * * *', tags: number === 62 ? ['single'] : [] });
    const show = async (query) => {
      await page.goto(`/ui/timeline${query}`);
      await page.getByLabel('Window').selectOption('day');
    };
    await show('');
    await page.getByText(/^60 of 6[34] tasks; search to narrow\.$/).waitFor();
    assert.equal(await page.locator('.lane').count(), 60);
    await page.getByRole('searchbox', { name: 'Search tasks and tags' }).fill('lane 6');
    await page.waitForURL(/search=lane\+6/);
    await page.waitForFunction(() => document.querySelectorAll('.lane').length === 3);
    await show('?tag=single');
    await page.getByRole('link', { name: 'lane 62' }).waitFor();
    assert.equal(await page.locator('.lane').count(), 1);
    await server.api('POST', '/tasks/bulk/delete', { filter: { search: 'lane ' } });
  });

  test('on a phone the days of the ruler do not run into each other', async () => {
    const { page, create } = at;
    await create('on the ruler', { cron: '* * * * *' });
    await page.setViewportSize(PHONE);
    await page.goto('/ui/timeline');
    for (const zoom of ['hour', 'day', 'week', 'month']) {
      await page.getByLabel('Window').selectOption(zoom);
      await page.locator('.ruler span').nth(1).waitFor();
      const boxes = await page.locator('.ruler span').evaluateAll((labels) => labels.map((label) => label.getBoundingClientRect()).map(({ left, right }) => ({ left, right })));
      assert.ok(boxes.length >= 2, zoom);
      for (const [index, box] of boxes.slice(1).entries()) assert.ok(box.left >= boxes[index].right, `${zoom}: ${JSON.stringify(boxes)}`);
    }
  });

  const lane = (name) => at.page.locator('.lane', { has: at.page.getByRole('link', { name }) });

  test('what began before the window stands in it, running or ended', async () => {
    const { page, server, create, run, ended } = at;
    const long = await run(await create('runs for hours', { command: 'sleep 3000', timeout_s: 0 }));
    const short = await run(await create('ended since', { command: 'sleep 4' }));
    await ended(short);
    const { started_at, finished_at } = await server.api('GET', `/executions/${short}`);
    const begins = (Date.parse(started_at) + Date.parse(finished_at)) / 2;
    const query = `?at=${new Date(begins + 30 * 60_000).toISOString()}`;
    for (const path of [query, `${query}&search=ended+since`]) {
      await page.goto(`/ui/timeline${path}`);
      await lane('ended since').locator(`.run.SUCCESS[data-run="${short}"]`).waitFor();
    }
    await answeredLater(page, 2 * 3600_000);
    await page.goto('/ui/timeline');
    const bar = lane('runs for hours').locator('.run.RUNNING');
    await bar.waitFor();
    const share = await bar.evaluate((one) => one.offsetWidth / one.parentElement.clientWidth);
    assert.ok(share > 0.75 && share < 0.85, `to the present: ${share}`);
    await page.getByRole('list', { name: 'What the bars mean' }).getByText('Running').waitFor();
    await server.api('POST', `/executions/${long}/cancel`);
    await ended(long);
  });

  test('a run that is longer than the window is shown all along it, however many began after it and before the window', async () => {
    const server = await startServer();
    const { page, complaints, context } = await openPage(shared.browser, server);
    const bar = page.locator('.lane', { has: page.getByRole('link', { name: 'through it all' }) }).locator('.run.SUCCESS');
    const drawn = () => bar.evaluate((one) => {
      const [box, track] = [one.getBoundingClientRect(), one.parentElement.getBoundingClientRect()];
      return [(box.left - track.left) / track.width, (box.right - track.left) / track.width].map((share) => Math.round(share * 20) / 20);
    });
    try {
      const [long, crowd] = await Promise.all(['through it all', 'crowd'].map((name) => server.api('POST', '/tasks', { name, cron: '0 0 1 1 *', command: 'true', keep_executions: 1000 })));
      await server.end();
      // Four hours long, and 700 short ones since; minutes ago.
      const now = Date.now();
      const runs = [[long, 300, 60], ...Array.from({ length: 700 }, (_, number) => [crowd, 299 - number / 4, 298.9 - number / 4]), [crowd, 70, 69]];
      const lines = runs.map(([{ id, name }, from, to]) => JSON.stringify({ task_id: id, name, started_at: Math.round(now - from * 60_000), finished_at: Math.round(now - to * 60_000) }));
      const written = spawnSync('/usr/bin/python3', [fileURLToPath(new URL('past.py', import.meta.url)), join(server.folder, 'data/scheduler.db')], { encoding: 'utf8', input: lines.join('\n') });
      assert.equal(written.status, 0, written.stderr);
      await server.start();
      const middle = (minutes) => new Date(now - minutes * 60_000).toISOString();
      for (const query of ['', '&search=through']) {
        await page.goto(`/ui/timeline?at=${middle(80)}${query}`);
        await bar.waitFor();
        assert.deepEqual(await drawn(), [0, 0.85]);
      }
      for (const earlier of [110, 140]) {
        await page.getByRole('button', { name: 'Earlier' }).click();
        await page.waitForURL((url) => Math.abs(Date.parse(url.searchParams.get('at')) - Date.parse(middle(earlier))) < 120_000);
        await page.waitForFunction(() => {
          const one = document.querySelector('.run.SUCCESS');
          return one && one.offsetWidth >= one.parentElement.offsetWidth - 1;
        });
      }
      await page.goto(`/ui/timeline?zoom=day&at=${middle(180)}`);
      await bar.waitFor();
      assert.deepEqual(await drawn(), [0.4, 0.6]);
      assert.equal(await page.getByText(/^Only .* runs are shown/).count(), 0);
      await page.goto(`/ui/timeline?at=${middle(-600)}`);
      await page.getByText('Nothing ran in this window.').waitFor();
      assert.deepEqual(complaints, []);
    } finally {
      await context.close();
      await server.stop();
    }
  });

  test('the timeline moves on while nothing happens', async () => {
    const { page, create } = at;
    await create('quiet', { cron: '0 0 1 1 *' });
    await create('seen coming', { cron: '*/5 * * * *' });
    let later = 0;
    await answeredLater(page, () => later);
    // No event tells it to look.
    await page.route('**/events', (route) => route.abort());
    await page.clock.install();
    await page.goto('/ui/timeline');
    const now = lane('seen coming').locator('i.now');
    await now.waitFor();
    later = 40 * 60_000;
    await page.clock.fastForward(later);
    await page.waitForFunction(() => {
      const line = document.querySelector('i.now');
      return line && Math.abs(line.offsetLeft / line.parentElement.clientWidth - 0.8) < 0.03;
    });
  });

  test('the place of the timeline stands in the address, and another width shows the same place', async () => {
    const { page, create } = at;
    await create('placed', { cron: '*/5 * * * *' });
    const day = page.getByLabel('Day', { exact: true });
    await page.goto('/ui/timeline?at=2026-02-03T12:00Z');
    await page.waitForFunction(() => document.querySelector('h1'));
    assert.equal(await day.inputValue(), '2026-02-03');
    await page.getByLabel('Window').selectOption('month');
    await page.waitForURL(/zoom=month&at=2026-02-03T12:00Z$/);
    assert.equal(await day.inputValue(), '2026-02-03');
    await page.getByLabel('Window').selectOption('day');
    await page.getByRole('button', { name: 'Earlier' }).click();
    await page.waitForURL(/at=2026-02-03T00:00Z$/);
    await day.fill('2026-01-20');
    await page.waitForURL(/at=2026-01-20T/);
    await page.reload();
    assert.equal(await day.inputValue(), '2026-01-20');
    await page.getByRole('button', { name: 'Now', exact: true }).click();
    await page.waitForURL(/timeline\?zoom=day$/);
    await lane('placed').waitFor();
    // A day holds a midnight, and the ruler says of which days its hours are.
    assert.equal(await page.locator('.ruler b').count(), 2);
    assert.deepEqual(at.complaints, []);
  });

  test('nights on which the clock is changed have each hour once, and each fire', async () => {
    const { server, create } = at;
    await create('thrice an hour', { cron: '*/20 * * * *' });
    for (const [night, labels] of [['2027-03-14T05:00:30Z', 23], ['2027-11-07T04:00:30Z', 25]]) {
      const { page, context } = await openPage(shared.browser, server, { timezoneId: 'America/New_York' });
      await answeredLater(page, Date.parse(night) - Date.now());
      const answer = page.waitForResponse((response) => /\/api\/upcoming.*counts=true/.test(response.url()) && response.url().includes(night.slice(0, 10)));
      await page.goto('/ui/upcoming');
      const { counts } = await (await answer).json();
      await page.locator('.day').first().locator('button.cell').nth(20).waitFor();
      const cells = await page.locator('button.cell').evaluateAll((all) => all.map((cell) => Number(cell.getAttribute('aria-label').match(/: (\d+) fire/)[1])));
      assert.equal(cells.reduce((sum, count) => sum + count, 0), counts.total, night);
      assert.equal(await page.locator('.day').first().locator('.cells button.cell').count(), labels, night);
      await page.locator('.day').first().locator('button.cell').nth(3).click();
      await page.waitForFunction(() => document.querySelectorAll('[aria-pressed=true].cell').length === 1);
      await page.goto('/ui/timeline?zoom=week');
      await page.locator('.ruler b').nth(6).waitFor();
      const names = await page.locator('.ruler b').allTextContents();
      assert.equal(new Set(names).size, names.length, names.join());
      await page.unrouteAll({ behavior: 'ignoreErrors' });
      await context.close();
    }
  });

  test('on a narrow screen and a phone the cells of the calendar can be hit, and their hours read', async () => {
    const { page, create } = at;
    await create('in each hour', { cron: '*/20 * * * *' });
    for (const width of [PHONE.width, 768, 1001]) {
      await page.setViewportSize({ width, height: 900 });
      await page.goto('/ui/upcoming?days=7');
      await page.locator('button.cell').nth(100).waitFor();
      assert.deepEqual(await accessibilityFindings(page), [], `${width}`);
      const [name, cell] = await page.evaluate(() => {
        const hour = [...document.querySelectorAll('.day:nth-of-type(3) button.cell')][13];
        const text = /\d\d(?=:\d\d: )/.exec(hour.getAttribute('aria-label'))[0];
        const label = [...document.querySelectorAll('.ruler span')].find(({ textContent }) => textContent === text);
        return [label, hour].map((one) => one.getBoundingClientRect().x + one.getBoundingClientRect().width / 2);
      });
      assert.ok(name > 0 && Math.abs(name - cell) < 2, `${width}: the name at ${name}, its hour at ${cell}`);
    }
  });

  test('a frequent task is one row of what comes, and an hour narrows the list', async () => {
    const { page, create, complaints } = at;
    await create('hourly', { cron: '30 * * * *' });
    await page.goto('/ui/upcoming');
    const rows = page.locator('li', { has: page.locator('a.name') });
    await rows.filter({ hasText: 'hourly' }).nth(20).waitFor();
    const dense = rows.filter({ hasText: 'dense' });
    assert.equal(await dense.count(), 1);
    assert.match(await dense.textContent(), /every 5 s: 1\d,\d{3} fires, until /);
    // The third hour is whole: 720 fires of the one, one of the other.
    const cell = page.locator('button.cell').nth(2);
    await cell.click();
    await page.waitForFunction(() => [...document.querySelectorAll('a.name')].filter((link) => link.textContent === 'hourly').length === 1);
    assert.match(await dense.textContent(), /every 5 s: 720 fires, until /);
    await page.reload();
    await page.locator('button.cell[aria-pressed=true]').waitFor();
    await page.getByText(/every 5 s: 720 fires, until /).waitFor();
    await page.getByRole('button', { name: '30 days' }).click();
    await page.waitForFunction(() => document.querySelectorAll('.day').length === 31);
    const last = page.locator('button.cell').last();
    await last.click();
    await dense.waitFor();
    await page.waitForURL(/\?days=30&hour=/);
    // The list is in sight.
    await page.waitForFunction(() => document.querySelector('h2.listed').getBoundingClientRect().top < innerHeight);
    assert.deepEqual(complaints, []);
  });

  test('a task of @reboot is told to fire at the next boot', async () => {
    const { page, create } = at;
    const { id } = await create('on boot', { cron: '@reboot' });
    await page.goto('/ui/tasks?search=on+boot');
    await page.locator('tr', { hasText: 'on boot' }).getByText('at the next boot').waitFor();
    await page.goto(`/ui/tasks/${id}`);
    await page.getByText('Once after each start of the machine').waitFor();
    await page.getByText('It fires at the next boot.').waitFor();
  });
});
