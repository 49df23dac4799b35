// What an execution has written, where that is far more than a page can hold.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { openPage, startServer } from './harness.mjs';
import { shared } from './shared.mjs';

describe('an output of many megabytes', () => {
  const LINES = 10_000_000;
  let server, opened, page, log;
  const made = {};
  const write = async (name, command) => {
    const task = await server.api('POST', '/tasks', { name, cron: '0 0 1 1 *', command, timeout_s: 0 });
    const id = (made[name] = (await server.api('POST', `/tasks/${task.id}/run`, {})).execution_id);
    await server.until('it is written', async () => (await server.api('GET', `/executions/${id}`)).status === 'SUCCESS', 120_000);
  };
  before(async () => {
    server = await startServer({ MINI_SCHEDULER_OUTPUT_MAX_BYTES: '400000000' });
    await write('numbers', `seq ${LINES}`);
    await write('uneven', `awk 'BEGIN { x = sprintf("%400s", ""); gsub(/ /, "x", x); for (i = 1; i <= 200000; i++) print i " " substr(x, 1, (i * 7919) % 400) }'`);
    await write('one line', `head -c 20000000 /dev/zero | tr '\\0' x; echo; echo after`);
  });
  after(() => server?.stop());
  beforeEach(async () => {
    opened = await openPage(shared.browser, server);
    page = opened.page;
    log = page.getByRole('log');
  });
  afterEach(() => opened.context.close());
  // Of the lines in view: what stands in the first, and where each is.
  const seen = () =>
    log.evaluate((node) => {
      const { top, bottom } = node.getBoundingClientRect();
      const lines = [...node.querySelectorAll('.line')].map((line) => ({ text: line.querySelector('.text').textContent, box: line.getBoundingClientRect() }));
      return lines
        .filter(({ box }) => box.bottom > top + 1 && box.top < bottom - 1)
        .sort((one, other) => one.box.top - other.box.top)
        .map(({ text, box }) => ({ text, y: box.top - top }));
    });
  const isIn = async (text) => (await seen()).some((line) => line.text === String(text));
  const shows = (text) => server.until(`${text} is in view`, () => isIn(text));

  test('its ends, a far line and a word are gone to without reading it all, and little of it is held', async () => {
    let received = 0;
    page.on('response', async (response) => {
      if (response.url().includes('/log/lines')) received += (await response.body().catch(() => '')).length;
    });
    await page.goto(`/ui/executions/${made.numbers}`);
    await page.getByText(/^10,?000,?000 lines$/).waitFor();
    await shows(1);
    await log.focus();
    await page.keyboard.press('End');
    await shows(LINES);
    await page.keyboard.press('Home');
    await shows(1);
    await page.evaluate(() => (location.hash = '#L5000000'));
    await log.locator('.line.marked .text', { hasText: /^5000000$/ }).waitFor();
    await shows(5_000_000);
    await page.keyboard.press('Control+f');
    await page.getByLabel('Find in the output').fill('9876543');
    await page.getByText('1 of 1', { exact: true }).waitFor();
    await shows(9_876_543);
    let count = 0;
    for (let number = 1; number <= LINES; number += 1) if (String(number).includes('99990')) count += 1;
    await page.getByLabel('Find in the output').fill('99990');
    await page.getByText(`of ${count}`).waitFor();
    await page.keyboard.press('Escape');
    for (let part = 0; part < 40; part += 1) {
      await log.evaluate((node, part) => (node.scrollTop = (node.scrollHeight * ((part * 17) % 40)) / 40), part);
      await server.until('lines are there', async () => (await seen()).every(({ text }) => text !== ''));
    }
    assert.ok((await log.locator('.line').count()) < 200, 'only what is in view is in the document');
    assert.ok(received < 8_000_000, `${received} bytes were received`);
    const client = await opened.context.newCDPSession(page);
    await client.send('HeapProfiler.collectGarbage');
    const { usedSize } = await client.send('Runtime.getHeapUsage');
    assert.ok(usedSize < 40e6, `${usedSize} bytes are held`);
    assert.deepEqual(opened.complaints, []);
  });

  test('a turn of the wheel goes as far as in a short one', async () => {
    await page.goto(`/ui/executions/${made.numbers}#L7000000`);
    await shows(7_000_000);
    const box = await log.boundingBox();
    await page.mouse.move(box.x + 300, box.y + 100);
    let [first] = await seen();
    for (const by of [200, 200, -400, 1000]) {
      await page.mouse.wheel(0, by);
      const wanted = Number(first.text) + by / 20;
      await server.until(`${wanted} comes first after ${by}`, async () => Number((await seen())[0].text) === wanted);
      [first] = await seen();
    }
    // Put right meanwhile, the scrollbar has moved nothing.
    await server.until('it stands where it belongs', () =>
      log.evaluate((node) => Math.abs(node.scrollTop / (node.scrollHeight - node.clientHeight) - 0.7) < 0.001),
    );
    assert.equal((await seen())[0].text, first.text);
  });

  test('nothing jumps where the heights of wrapped lines turn out to be others', async () => {
    await page.goto(`/ui/executions/${made.uneven}#L120000`);
    await log.locator('.line.marked .text', { hasText: /^120000 / }).waitFor();
    await server.until('it is in view', async () => (await seen()).some(({ text }) => text.startsWith('120000 ')));
    const box = await log.boundingBox();
    await page.mouse.move(box.x + 300, box.y + 100);
    for (let turn = 0; turn < 30; turn += 1) {
      const before = await seen();
      await page.mouse.wheel(0, -120);
      // Whatever was in view goes down by as much as was turned.
      await server.until('it went 120 pixels up', async () => {
        const now = await seen();
        const same = before.map(({ text, y }) => ({ y, now: now.find((line) => line.text === text) })).filter((one) => one.now);
        return same.length > 0 && same.every((one) => Math.abs(one.now.y - one.y - 120) <= 1);
      });
      const numbers = (await seen()).map(({ text }) => Number(/^\d+/.exec(text)?.[0] ?? NaN)).filter((number) => !Number.isNaN(number));
      numbers.forEach((number, at) => at > 0 && assert.equal(number, numbers[at - 1] + 1));
    }
  });

  test('a line of megabytes is cut, and its rest can be had', async () => {
    await page.goto(`/ui/executions/${made['one line']}`);
    await page.getByText('2 lines', { exact: true }).waitFor();
    const rest = log.getByRole('link', { name: 'The line goes on' });
    await rest.waitFor({ state: 'attached' });
    const href = await rest.getAttribute('href');
    const answer = await page.request.get(href);
    assert.equal((await answer.body()).length, 20_000_000 - 65_536 + '\nafter\n'.length);
    await log.focus();
    await page.keyboard.press('End');
    await shows('after');
  });
});
