// An output of 100 MB: how soon its beginning, its end and a line far inside are there, how smoothly it is scrolled, and how
// soon something is found in it.
import { openPage } from '../../tests/browser/harness.mjs';
import { tell } from './measure.mjs';

export const LOG_BYTES = 100_000_000;

export async function log({ browser, server }) {
  const line = '2026-01-01 12:00:00 INFO worker 17 has taken part 4711 of the delivery and passed it on to the next';
  const task = await server.api('POST', '/tasks', { name: 'large log', cron: '0 0 1 1 *', command: `yes '${line}' | head -c ${LOG_BYTES}`, timeout_s: 0 });
  const { execution_id } = await server.api('POST', `/tasks/${task.id}/run`, {});
  await server.until('it is written', async () => (await server.api('GET', `/executions/${execution_id}`)).status === 'SUCCESS', 300_000);
  const opened = await openPage(browser, server);
  const { page } = opened;
  page.setDefaultTimeout(300_000);
  await page.addInitScript(() => {
    window.worstFrame = 0;
    let last = performance.now();
    const frame = (at) => {
      window.worstFrame = Math.max(window.worstFrame, at - last);
      last = at;
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
  const framesOf = async (what, aim, deed) => {
    await page.evaluate(() => (window.worstFrame = 0));
    await deed();
    tell(`worst frame while ${what}`, [await page.evaluate(() => window.worstFrame)], aim);
  };
  const timeOf = async (what, aim, deed) => {
    const start = performance.now();
    await deed();
    tell(what, [performance.now() - start], aim);
  };
  const lines = Math.ceil(LOG_BYTES / (line.length + 1));
  const output = page.getByRole('log');
  await timeOf('100 MB log: its first lines', 1000, async () => {
    await page.goto(`/ui/executions/${execution_id}`);
    await output.locator('.line .text', { hasText: 'delivery' }).first().waitFor();
    await page.getByText(`${lines.toLocaleString('en')} lines`).waitFor();
  });
  await framesOf('one scrolls through it', 50, () =>
    page.evaluate(async () => {
      const node = document.querySelector('[role=log]');
      for (let at = 0; at < 120; at += 1) {
        node.scrollTop = (node.scrollHeight * ((at * 37) % 120)) / 120;
        await new Promise((resolve) => requestAnimationFrame(resolve));
      }
    }),
  );
  const isThere = (number) => page.waitForFunction((number) => [...document.querySelectorAll('.line')].some((one) => one.querySelector('.number').textContent === String(number) && one.querySelector('.text').textContent), number);
  await page.evaluate(() => (document.querySelector('[role=log]').scrollTop = 0));
  await output.focus();
  await timeOf('to its end', 200, async () => {
    await page.keyboard.press('End');
    await isThere(lines);
  });
  await timeOf('to a line in its middle', 200, async () => {
    await page.evaluate((number) => (location.hash = `#L${number}`), Math.round(lines / 2));
    await isThere(Math.round(lines / 2));
  });
  await page.keyboard.press('Control+f');
  const box = page.getByLabel('Find in the output');
  const count = page.locator('.find .count');
  await framesOf('the server looks', 50, async () => {
    await timeOf('what is nowhere in it is not found', 1000, async () => {
      await box.fill('nowhere');
      await count.filter({ hasText: '0 of 0' }).waitFor();
    });
    await timeOf('100,000 matches are found in it', 2000, async () => {
      await box.fill('delivery');
      await count.filter({ hasText: '100000+' }).waitFor();
    });
  });
  const client = await opened.context.newCDPSession(page);
  await client.send('HeapProfiler.collectGarbage');
  tell('heap with it', [(await client.send('Runtime.getHeapUsage')).usedSize / 1e6], 40, { unit: 'MB' });
  await opened.context.close();
}
