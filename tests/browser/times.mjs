// What comes, as the timeline and the calendar show it.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { PHONE } from './harness.mjs';
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

  test('a frequent task is one row of what comes, and an hour narrows the list', async () => {
    const { page, create, complaints } = at;
    await create('hourly', { cron: '30 * * * *' });
    await page.goto('/ui/upcoming');
    const rows = page.locator('li', { has: page.locator('a.name') });
    await rows.filter({ hasText: 'hourly' }).nth(20).waitFor();
    const dense = rows.filter({ hasText: 'dense' });
    assert.equal(await dense.count(), 1);
    assert.match(await dense.textContent(), /every 5 s: 1\d{4} fires, until /);
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
