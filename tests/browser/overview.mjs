// The overview: what has room in it at each width, and what it says before it knows.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openPage } from './harness.mjs';
import { fixture } from './shared.mjs';

const REASON = 'echo "mirror three of the northern region does not answer any more"; exit 3';

describe('overview', () => {
  const at = fixture();
  const line = (page, name) => page.locator('.needs li', { hasText: name });
  const box = (locator) => locator.boundingBox();
  const failing = async (name) => {
    const task = await at.create(name, { cron: '*/5 * * * *', command: REASON });
    await at.ended(await at.run(task));
    return task;
  };

  test('a failure has its name, its reason and its deed at every width', async () => {
    const { server, browser } = at;
    const task = await failing('export of the northern ledger');
    for (const language of ['en', 'zh']) {
      const { page, context } = await openPage(browser, server, { language });
      try {
        await page.goto('/ui/overview');
        const one = line(page, 'export of the northern ledger');
        await one.getByRole('button').waitFor();
        for (const width of [360, 761, 768, 820, 890, 1023, 1024, 1280]) {
          await page.setViewportSize({ width, height: 800 });
          assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width, `${language} ${width}`);
          const [name, text, button] = [await box(one.locator('a.name')), await box(one.locator('.text')), await box(one.getByRole('button'))];
          assert.ok(name.width >= 140, `${language} ${width}: ${name.width} px for the name`);
          assert.ok(text.width >= 60, `${language} ${width}: ${text.width} px for the reason`);
          assert.ok(button.x + button.width <= width, `${language} ${width}: the button ends at ${button.x + button.width}`);
          const next = page.locator('.columns section').last().locator('li', { hasText: 'export of the northern ledger' });
          const [row, time] = [await box(next), await box(next.locator('.time'))];
          assert.ok(time.x + time.width <= row.x + row.width + 1 && time.height < 24, `${language} ${width}: the time of the next fire has its place`);
        }
      } finally {
        await context.close();
      }
    }
    await server.api('DELETE', `/tasks/${task.id}`);
  });

  test('on a phone a name is not cut for words that say little', async () => {
    const { page, server } = at;
    const task = await failing('backup number twelve');
    await page.setViewportSize({ width: 360, height: 740 });
    await page.goto('/ui/overview');
    const one = line(page, 'backup number twelve');
    await one.getByRole('button').waitFor();
    const [shown, whole] = await one.locator('a.name').evaluate((link) => [link.clientWidth, link.scrollWidth]);
    assert.equal(shown, whole);
    assert.ok(shown >= 180, `${shown} px`);
    assert.match(await one.locator('.text').evaluate((text) => getComputedStyle(text, '::before').content), /Failed/);
    await server.api('DELETE', `/tasks/${task.id}`);
  });

  test('nothing moves as it loads', async () => {
    const { page, server, create, run } = at;
    const task = await failing('steady');
    const going = await create('steady runner', { command: 'exec sleep 600', timeout_s: 0 });
    await run(going);
    await page.addInitScript(() => {
      window.shift = 0;
      new PerformanceObserver((list) => list.getEntries().forEach(({ value }) => (window.shift += value))).observe({ type: 'layout-shift', buffered: true });
    });
    for (const path of ['**/tasks?*', '**/api/stats?*']) {
      await page.route(path, async (route) => {
        await page.getByRole('button', { name: 'Change password' }).waitFor();
        await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
        await route.continue();
      });
    }
    await page.goto('/ui/overview');
    await line(page, 'steady').getByRole('button').first().waitFor();
    await page.locator('.page .chart').waitFor();
    await page.locator('.needs path.FAILED').first().waitFor({ state: 'attached' });
    const shift = await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(() => resolve(window.shift)))));
    assert.ok(shift < 0.01, `layout shift ${shift}`);
    for (const { id } of [task, going]) await server.api('DELETE', `/tasks/${id}`);
  });

  test('no figure is shown before it is known, and a failure is said', async () => {
    const { page } = at;
    const outcomes = page.locator('section', { has: page.getByRole('heading', { name: 'Outcomes' }) });
    let answer;
    const held = new Promise((resolve) => (answer = resolve));
    await page.route('**/api/stats?*', async (route) => {
      await held;
      await route.fulfill({ status: 500, contentType: 'application/problem+json', body: '{"title":"broken","status":500,"detail":"the figures are broken"}' });
    });
    await page.goto('/ui/overview');
    await outcomes.getByText('24 hours').first().waitFor();
    assert.equal(await outcomes.getByText('0 runs').count(), 0);
    answer();
    await outcomes.getByRole('alert').waitFor();
    assert.equal(await outcomes.getByText('0 runs').count(), 0);
    await page.unroute('**/api/stats?*');
    await outcomes.getByRole('button', { name: 'Try again' }).click();
    await outcomes.getByText(/\d+ runs?, \d+ failed/).first().waitFor();
    assert.equal(await outcomes.getByRole('alert').count(), 0);
  });

  test('a very wide screen shows side by side what it has', async () => {
    const { page, server } = at;
    const task = await failing('broad');
    for (const width of [2000, 3840]) {
      await page.setViewportSize({ width, height: 1400 });
      await page.goto('/ui/overview');
      await page.locator('.page .chart').waitFor();
      const [needs, columns] = [await box(page.locator('.needs')), await box(page.locator('.columns'))];
      assert.ok(columns.x > needs.x + needs.width && columns.y < needs.y + 60, `${width}: beside each other`);
      assert.ok(columns.x + columns.width > width - 60, `${width}: up to the edge`);
    }
    await server.api('DELETE', `/tasks/${task.id}`);
  });
});
