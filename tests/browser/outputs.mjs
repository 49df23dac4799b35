// What an execution has written, as it is read on the page.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { PHONE } from './harness.mjs';
import { fixture } from './shared.mjs';

const AIM_LIVE_MS = 200;
const AIM_DRAWN_MS = 3000;

describe('outputs', () => {
  const at = fixture();
  const log = () => at.page.getByRole('log');

  test('a line is on the page within 200 ms of being written', async () => {
    const { page, server, create, run } = at;
    const task = await create('stamps', { command: 'for i in $(seq 200); do date +"at %s%3N"; sleep 0.05; done', timeout_s: 0 });
    const id = await run(task);
    await page.goto(`/ui/executions/${id}`);
    await log().locator('.line').first().waitFor();
    // How long ago the newest line was written, whenever one appears. The best of many, since the machine has
    // other things to do: a page that polled or gathered would never be fast.
    const best = await page.evaluate(
      () =>
        new Promise((resolve) => {
          const ages = [];
          const observer = new MutationObserver(() => {
            const last = [...document.querySelectorAll('.line .text')].at(-1)?.textContent.match(/^at (\d{13})$/);
            if (last) ages.push(Date.now() - Number(last[1]));
            if (ages.length < 20) return;
            observer.disconnect();
            resolve(Math.min(...ages));
          });
          observer.observe(document.querySelector('[role=log]'), { childList: true, subtree: true, characterData: true });
        }),
    );
    assert.ok(best < AIM_LIVE_MS, `${best} ms`);
    await server.api('POST', `/executions/${id}/cancel`);
  });

  test('much output is followed to its present end, with a mark for what was dropped', async () => {
    const { page, server, create, run } = at;
    // Three times what is kept of an output, and then a line: with nothing but the first half one would wait for ever.
    const task = await create('torrent', { command: "head -c 3000000 /dev/zero | tr '\\0' x | fold -w 99; echo; echo 'here it is now'; exec sleep 600", timeout_s: 0 });
    const id = await run(task);
    await server.until('it runs', async () => (await server.api('GET', `/executions/${id}`)).status === 'RUNNING');
    await page.goto(`/ui/executions/${id}`);
    await log().getByText('here it is now').waitFor();
    await page.keyboard.press('Control+f');
    await page.getByLabel('Find in the output').fill('bytes of output dropped');
    await page.getByText('1 of 1', { exact: true }).waitFor();
    await page.keyboard.press('Enter');
    await log().locator('.line.mark', { hasText: 'bytes of output dropped' }).waitFor();
    await server.api('POST', `/executions/${id}/cancel`);
    await at.ended(id);
    await page.reload();
    await log().getByText('xxx').first().waitFor();
    // It comes in parts: the end of what is there now is not yet the end of all.
    await page.waitForFunction(() => {
      const node = document.querySelector('[role=log]');
      node.scrollTop = node.scrollHeight;
      return node.textContent.includes('here it is now');
    });
  });

  test('an earlier attempt is read with its times and its two streams', async () => {
    const { page, create, run, ended } = at;
    const task = await create('twice', { command: 'echo "out of $MINI_SCHEDULER_ATTEMPT"; echo "err of $MINI_SCHEDULER_ATTEMPT" >&2; exit 1', retry: { max_attempts: 2, initial_delay_s: 0.1 } });
    const id = await run(task);
    await ended(id);
    await page.goto(`/ui/executions/${id}`);
    await log().locator('.line.stdout', { hasText: 'out of 2' }).waitFor();
    await page.getByRole('group', { name: 'Attempts' }).getByRole('button', { name: 'attempt 1' }).click();
    await log().locator('.line.stdout', { hasText: 'out of 1' }).waitFor();
    await log().locator('.line.stderr', { hasText: 'err of 1' }).waitFor();
    assert.match(await log().locator('.line .time').first().textContent(), /^\d\d:\d\d:\d\d\.\d{3}$/);
    assert.deepEqual(at.complaints, []);
  });

  test('times and long lines are shown as one wants them, and remembered', async () => {
    const { page, create, run, ended } = at;
    const task = await create('wide', { command: 'printf "%0300d\\n" 7; echo short' });
    const id = await run(task);
    await ended(id);
    await page.goto(`/ui/executions/${id}`);
    const first = log().locator('.line').first();
    await first.waitFor();
    const height = async () => (await first.boundingBox()).height;
    assert.ok((await height()) > 30, 'a long line is wrapped');
    await page.getByRole('button', { name: 'Wrap long lines' }).click();
    await page.getByRole('button', { name: 'Times' }).click();
    await log().locator('.time').first().waitFor({ state: 'detached' });
    await page.reload();
    await first.waitFor();
    assert.ok((await height()) < 30, 'not any more');
    assert.equal(await log().locator('.time').count(), 0);
    await page.evaluate(() => localStorage.clear());
  });

  test('what is typed is gone to at once, from where one is, and then round', async () => {
    const { page, create, run, ended } = at;
    const task = await create('many lines', { command: 'seq -f "line %.0f" 1 170000; echo last', timeout_s: 60 });
    const id = await run(task);
    await ended(id);
    await page.goto(`/ui/executions/${id}`);
    await page.getByText(/^[\d,]{6,} lines$/).waitFor();
    await page.keyboard.press('Control+f');
    const find = page.getByLabel('Find in the output');
    const found = (text) => log().locator('.line', { hasText: text }).locator('.hit.now');
    await find.pressSequentially('line 169000');
    await found(/line 169000$/).waitFor();
    await page.getByText('1 of 1', { exact: true }).waitFor();
    // There is none below the match that one went on from: the first of all.
    await page.keyboard.press('Enter');
    await find.fill('line 20000');
    await found(/line 20000$/).waitFor();
    // Scrolled by hand, the place to look from is there.
    await log().evaluate((node) => (node.scrollTop = node.scrollHeight));
    await log().locator('.line', { hasText: /last$/ }).waitFor();
    await find.fill('9990');
    await found(/line 169990$/).waitFor();
  });

  test('the tools of an output are in view on a phone, and its first line stays when lines are wrapped', async () => {
    const { page, create, run, ended } = at;
    const task = await create('long lines', { command: 'for i in $(seq 400); do printf "row %d %0150d\n" $i 0; done' });
    const id = await run(task);
    await ended(id);
    await page.setViewportSize(PHONE);
    await page.goto(`/ui/executions/${id}`);
    await page.getByText('400 lines').waitFor();
    await page.getByRole('button', { name: 'Find in the output' }).click();
    for (const tool of [page.getByLabel('Find in the output'), page.getByRole('button', { name: 'Next match' }), page.getByRole('button', { name: 'Times' }), page.getByRole('button', { name: 'Wrap long lines' }), page.getByRole('link', { name: 'Download' })]) {
      const box = await tool.boundingBox();
      assert.ok(box.x >= 0 && box.x + box.width <= PHONE.width, `${await tool.getAttribute('aria-label')} at ${box.x}`);
    }
    await page.getByLabel('Find in the output').fill('row 252 ');
    await log().locator('.hit.now').waitFor();
    await page.keyboard.press('Escape');
    // Its line is brought to the top of the view.
    const top = () =>
      log().evaluate((node) => {
        const edge = node.getBoundingClientRect().top;
        const lines = [...node.querySelectorAll('.line')].map((line) => ({ line, top: line.getBoundingClientRect().top - edge })).filter((one) => one.top > -20);
        lines.sort((a, b) => a.top - b.top);
        return Number(/row (\d+)/.exec(lines[0].line.textContent)[1]);
      });
    await log().evaluate((node) => {
      const line = [...node.querySelectorAll('.line')].find((one) => one.textContent.includes('row 252 '));
      node.scrollTop += line.getBoundingClientRect().top - node.getBoundingClientRect().top;
    });
    assert.equal(await top(), 252);
    const heightOf = (text) => log().locator('.line', { hasText: text }).evaluate((node) => node.getBoundingClientRect().height);
    await page.getByRole('button', { name: 'Wrap long lines' }).click();
    await at.server.until('lines are not wrapped', async () => (await heightOf('row 252 ')) < 30);
    assert.equal(await top(), 252);
    await page.getByRole('button', { name: 'Wrap long lines' }).click();
    await at.server.until('lines are wrapped', async () => (await heightOf('row 252 ')) > 30);
    assert.equal(await top(), 252);
  });

  test('wrapped lines stand one below the other at every width, clear of the border', async () => {
    const { page, server, create, run, ended } = at;
    // Lengths around every place where a row is full, of letters, of words and of signs.
    const task = await create('every length', { command: `for i in $(seq 100 150); do printf "%0\${i}d\\n" 0; printf "%0\${i}d\\n" 0 | sed 's/00/0 /g'; printf "%0\${i}d\\n" 0 | sed 's/000/(-,/g'; done` });
    const id = await run(task);
    await ended(id);
    await page.goto(`/ui/executions/${id}`);
    await page.getByText('153 lines').waitFor();
    const misplaced = () =>
      log().evaluate((node) => {
        const edge = node.getBoundingClientRect().left + node.clientWidth;
        const lines = [...node.querySelectorAll('.line')].map((line) => ({ line, box: line.getBoundingClientRect() })).sort((a, b) => a.box.top - b.box.top);
        return lines.flatMap(({ line, box }, index) => {
          const number = line.querySelector('.number').textContent;
          const gap = index + 1 < lines.length ? lines[index + 1].box.top - box.bottom : 0;
          const margin = edge - line.querySelector('.text').getBoundingClientRect().right;
          return [...(Math.abs(gap) > 1 ? [`${number}: ${gap} px to the next`] : []), ...(margin < 5 ? [`${number}: ${margin} px to the border`] : [])];
        });
      });
    for (const width of [360, 375, 390, 412, 430, 820, 1280]) {
      await page.setViewportSize({ width, height: 800 });
      for (const part of [0, 0.3, 0.6, 0.9]) {
        await log().evaluate((node, part) => (node.scrollTop = node.scrollHeight * part), part);
        // What is wrong while the view is drawn anew is put right.
        let wrong;
        await server
          .until('lines fit', async () => (wrong = await misplaced()).length === 0, AIM_DRAWN_MS)
          .catch(() => {});
        assert.deepEqual(wrong, [], `${width}`);
      }
    }
  });

  test('the end is followed until one looks elsewhere, and again when one asks', async () => {
    const { page, server, create, run } = at;
    const task = await create('growing', { command: 'seq 200; i=200; while :; do i=$((i+1)); echo $i; sleep 0.05; done', timeout_s: 0 });
    const id = await run(task);
    await page.goto(`/ui/executions/${id}`);
    await log().locator('.text', { hasText: /^210$/ }).waitFor();
    await log().evaluate((node) => (node.scrollTop = 0));
    await log().locator('.text', { hasText: /^1$/ }).waitFor();
    await page.waitForFunction(() => document.querySelector('[role=log]').scrollHeight > 250 * 20);
    assert.equal(await log().evaluate((node) => node.scrollTop), 0);
    await page.getByRole('button', { name: 'Follow the end' }).click();
    await page.waitForFunction(() => {
      const node = document.querySelector('[role=log]');
      return node.scrollHeight - node.scrollTop - node.clientHeight < 30;
    });
    await server.api('POST', `/executions/${id}/cancel`);
  });

  test('a link to a line leads there while the run goes on, and not to the end', async () => {
    const { page, server, create, run } = at;
    const task = await create('linked while it runs', { command: 'seq -f "line %.0f" 2000; while :; do echo more; sleep 0.05; done', timeout_s: 0 });
    const id = await run(task);
    await server.until('it wrote', async () => (await server.api('GET', `/executions/${id}`)).status === 'RUNNING');
    await page.goto(`/ui/executions/${id}#L100`);
    await log().locator('.line.marked', { hasText: /line 100$/ }).waitFor();
    await page.waitForFunction(() => document.querySelector('[role=log]').scrollHeight > 2020 * 20);
    assert.ok(await log().locator('.line.marked', { hasText: /line 100$/ }).isVisible());
    assert.equal(await page.getByRole('button', { name: 'Follow the end' }).getAttribute('aria-pressed'), 'false');
    // Another link to the same log.
    await page.evaluate(() => (location.hash = '#L900'));
    await log().locator('.line.marked', { hasText: /line 900$/ }).waitFor();
    await server.api('POST', `/executions/${id}/cancel`);
  });

  test('a link to a line leads there without what is before it', async () => {
    const { page, create, run, ended } = at;
    const task = await create('linked while it loads', { command: 'seq -f "line %.0f" 1 60000' });
    const id = await run(task);
    await ended(id);
    const asked = [];
    page.on('request', (request) => request.url().includes('/log/lines?') && asked.push(Number(new URL(request.url()).searchParams.get('from'))));
    await page.goto(`/ui/executions/${id}#L50000`);
    await log().locator('.line.marked', { hasText: /line 50000$/ }).waitFor();
    const box = await log().locator('.line.marked').boundingBox();
    const view = await log().boundingBox();
    assert.ok(box.y >= view.y && box.y + box.height <= view.y + view.height, 'it is in view');
    assert.ok(asked.length > 0 && asked.every((from) => from > 49_000), `asked from ${asked}`);
  });

  test('a line stays in view while a log grows beyond what a browser can lay out', async () => {
    const { page, create, run, ended } = at;
    const id = await run(await create('a million lines', { command: 'yes "" | head -n 1000000' }));
    await ended(id);
    await page.goto(`/ui/executions/${id}#L850000`);
    await page.getByText(/^1,?000,?000 lines$/).waitFor();
    assert.ok(await log().locator('.line.marked').isVisible());
    const box = await log().locator('.line.marked').boundingBox();
    const view = await log().boundingBox();
    assert.ok(box.y >= view.y && box.y + box.height <= view.y + view.height, `the line at ${box.y} in the view at ${view.y}`);
  });

  test('output is shown while it is written, and a cancel ends it', async () => {
    const { page, server, create } = at;
    const task = await create('ticker', { command: 'i=0; while :; do i=$((i+1)); echo "tick $i"; sleep 0.2; done', timeout_s: 0 });
    const { execution_id } = await server.api('POST', `/tasks/${task.id}/run`, {});
    await page.goto(`/ui/executions/${execution_id}`);
    await page.getByRole('log').getByText('tick 3', { exact: true }).waitFor();
    await page.getByRole('log').getByText('tick 6', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Cancel run' }).click();
    await page.getByText('Cancelled').first().waitFor();
  });

  test('while it runs, its output is counted', async () => {
    const { page, server, create } = at;
    const task = await create('counted', { command: 'head -c 3000 /dev/zero | tr "\\0" x; echo; sleep 60', timeout_s: 0 });
    const { execution_id } = await server.api('POST', `/tasks/${task.id}/run`, {});
    await page.goto(`/ui/executions/${execution_id}`);
    await page.getByText('2.9 KiB so far').waitFor();
    await server.api('POST', `/executions/${execution_id}/cancel`);
  });

  test('a log is searched, linked to by line, and downloaded', async () => {
    const { page, create, complaints } = at;
    const task = await create('long log', { command: 'seq -f "line %.0f" 1 20000; printf "\\033[31mred\\033[0m\\n"' });
    const execution_id = await at.run(task);
    // While it runs, its end would be in view.
    await at.ended(execution_id);
    await page.goto(`/ui/executions/${execution_id}`);
    await page.getByText('20,001 lines').waitFor();
    const log = page.getByRole('log');
    assert.ok((await log.locator('.line').count()) < 200, 'only what is in view is in the document');
    await page.keyboard.press('Control+f');
    await page.getByLabel('Find in the output').fill('line 1999');
    await page.getByText('1 of 11', { exact: true }).waitFor();
    await log.locator('.line', { hasText: /line 1999$/ }).locator('.hit.now').waitFor();
    await page.keyboard.press('Enter');
    await page.getByText('2 of 11', { exact: true }).waitFor();
    await log.locator('.line', { hasText: /line 19990$/ }).locator('.hit.now').waitFor();
    await page.keyboard.press('Escape');
    await log.evaluate((node) => (node.scrollTop = node.scrollHeight));
    await log.locator('.fg-red', { hasText: 'red' }).waitFor();
    await page.getByRole('link', { name: 'Line 20001' }).click();
    await page.waitForURL(/#L20001$/);
    await page.reload();
    await log.locator('.line.marked', { hasText: 'red' }).waitFor();
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Download' }).click()]);
    assert.equal(download.suggestedFilename(), `execution-${execution_id}.log`);
    assert.deepEqual(complaints, []);
  });
});
