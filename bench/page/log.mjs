// An output of 100 MB: until it is there, how smoothly it is scrolled, and how soon something is found in it.
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
  const start = performance.now();
  await page.goto(`/ui/executions/${execution_id}`);
  await page.locator('.line').first().waitFor();
  await page.evaluate(() => (window.worstFrame = 0));
  const lines = Math.ceil(LOG_BYTES / (line.length + 1));
  await page.getByText(`${lines.toLocaleString('en')} lines`).waitFor();
  tell('100 MB log is there', [performance.now() - start], 30_000);
  tell('worst frame while it comes', [await page.evaluate(() => window.worstFrame)], 200);
  await page.evaluate(async () => {
    const node = document.querySelector('[role=log]');
    window.worstFrame = 0;
    for (let at = 0; at < 120; at += 1) {
      node.scrollTop = (node.scrollHeight * ((at * 37) % 120)) / 120;
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
  });
  tell('worst frame while one scrolls through it', [await page.evaluate(() => window.worstFrame)], 50);
  await page.keyboard.press('Control+f');
  await page.evaluate(() => (window.worstFrame = 0));
  const find = performance.now();
  await page.getByLabel('Find in the output').fill('delivery');
  await page.locator('.find .count', { hasText: '100000+' }).waitFor();
  tell('100,000 matches are found in it', [performance.now() - find], 2000);
  tell('worst frame while it looks', [await page.evaluate(() => window.worstFrame)], 100);
  await opened.context.close();
}
