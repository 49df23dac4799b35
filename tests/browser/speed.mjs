// How fast the page is with much to show, by the browser's own clock. Not part of the tests: it prints figures
// beside the aims and fails for none of them.
//   node tests/browser/speed.mjs
// TASKS, EXECUTIONS and RUNNING set how much there is, REPEATS how often each is measured, and ONLY=list,search,…
// which of list, search, pages, memory and log. What is printed as CPU is the page's own thread's, which other
// programs of a busy machine do not lengthen.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openPage, startBrowser, startServer } from './harness.mjs';

const number = (name, otherwise) => Number(process.env[name] ?? otherwise);
const TASKS = number('TASKS', 10_000);
const EXECUTIONS = number('EXECUTIONS', 1_000_000);
const RUNNING = number('RUNNING', 200);
const REPEATS = number('REPEATS', 7);
const HOUR_S = number('SECONDS', 3600);
const EVENTS_A_SECOND = 10;
const LOG_BYTES = 100_000_000;
const AT_ONCE = 24;
const ONLY = process.env.ONLY?.split(',');
const wanted = (part) => !ONLY || ONLY.includes(part);

async function parallel(count, each) {
  let next = 0;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (next < count) await each(next++);
    }),
  );
}
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const round = (value) => Math.round(value * 10) / 10;
function tell(what, values, aim, unit = 'ms', cpu = null) {
  const middle = median(values);
  const best = round(Math.min(...values));
  const worst = round(Math.max(...values));
  console.log(`${what}: ${round(middle)} ${unit} (${best} to ${worst})${cpu ? `, ${round(median(cpu))} ms of CPU` : ''}; aim ${aim}: ${middle <= aim ? 'met' : 'MISSED'}`);
}

const server = await startServer({ MINI_SCHEDULER_OUTPUT_MAX_BYTES: String(4 * LOG_BYTES) });
const browser = await startBrowser();
// Notes when the page shows what it is for: looked at on every frame, so right to a frame.
const watch = (page) =>
  page.addInitScript(() => {
    window.shownWhen = (ready) => new Promise((resolve) => {
      const look = () => (ready() ? resolve(performance.now()) : requestAnimationFrame(look));
      look();
    });
  });
async function time(opened, path, ready) {
  const client = await opened.context.newCDPSession(opened.page);
  await client.send('Performance.enable', { timeDomain: 'threadTicks' });
  const spent = async () => (await client.send('Performance.getMetrics')).metrics.find(({ name }) => name === 'TaskDuration').value * 1000;
  const before = await spent();
  await opened.page.goto(path, { waitUntil: 'commit' });
  const shown = await opened.page.evaluate((source) => window.shownWhen(new Function(`return ${source}`)), ready);
  const after = await spent();
  await client.detach();
  return { shown, cpu: after > before ? after - before : after };
}
async function measure(what, path, ready, { fresh = false, aim = 300 } = {}) {
  const shown = [];
  const cpu = [];
  let opened = fresh ? null : await openPage(browser, server);
  if (opened) {
    await watch(opened.page);
    await time(opened, path, ready);
  }
  for (let at = 0; at < REPEATS; at += 1) {
    if (fresh) {
      opened = await openPage(browser, server);
      await watch(opened.page);
    }
    const taken = await time(opened, path, ready);
    shown.push(taken.shown);
    cpu.push(taken.cpu);
    if (fresh) await opened.context.close();
  }
  if (!fresh) await opened.context.close();
  tell(what, shown, aim, 'ms', cpu);
}

try {
  const began = performance.now();
  await server.api('POST', '/tasks', { name: 'pattern', cron: '0 0 1 1 *', command: 'true', keep_executions: 100_000 });
  await server.end();
  const seeded = spawnSync('/usr/bin/python3', [fileURLToPath(new URL('seed.py', import.meta.url)), join(server.folder, 'data/scheduler.db'), String(TASKS), String(EXECUTIONS)], { encoding: 'utf8' });
  if (seeded.status !== 0) throw new Error(seeded.stderr);
  await server.start();
  const busy = new Array(RUNNING);
  await parallel(RUNNING, async (at) => {
    busy[at] = (await server.api('POST', '/tasks', { name: `busy ${at}`, cron: '0 0 1 1 *', command: 'exec sleep 3600', timeout_s: 0 })).id;
  });
  if (RUNNING) await server.api('POST', '/tasks/bulk/force_run', { ids: busy });
  await server.until('they run', async () => (await server.api('GET', `/executions?status=RUNNING&limit=500`)).items.length >= RUNNING, 120_000);
  console.log(`tasks and executions: ${seeded.stdout.trim()}; ${RUNNING} running; after ${Math.round(performance.now() - began)} ms`);
  const ended = (await server.api('GET', '/executions?status=FAILED&limit=1')).items[0];

  const LIST = `document.querySelectorAll('tr[data-id]').length >= 50`;
  const SCREEN = `document.querySelectorAll('tr[data-id]').length >= 20`;
  if (wanted('list')) {
    await measure('a picture alone, first visit: what the browser itself takes', '/favicon.svg', `document.readyState === 'complete'`, { fresh: true });
    await measure('list, its first screen, first visit', '/ui/tasks', SCREEN, { fresh: true });
    await measure('list of 50, first visit', '/ui/tasks', LIST, { fresh: true });
    await measure('list, its first screen, again', '/ui/tasks', SCREEN);
    await measure('list of 50, again', '/ui/tasks', LIST);
  }
  if (wanted('search')) {
    const taken = [];
    const opened = await openPage(browser, server);
    await watch(opened.page);
    await time(opened, '/ui/tasks', LIST);
    for (const text of ['report', 'number 77', 'team-7', 'mail number', 'export', 'index number 1', 'number 5', 'clean']) {
      taken.push(
        await opened.page.evaluate(async (typed) => {
          const box = document.querySelector('input[type=search]');
          const before = document.querySelector('tr[data-id]')?.dataset.id;
          box.focus();
          box.value = typed;
          const start = performance.now();
          box.dispatchEvent(new Event('input', { bubbles: true }));
          const fits = () => {
            const first = document.querySelector('tr[data-id]');
            return first && first.dataset.id !== before && first.textContent.includes(typed);
          };
          return (await window.shownWhen(fits)) - start;
        }, text),
      );
      await opened.page.waitForTimeout(300);
    }
    await opened.context.close();
    tell('search answers as one types', taken, 100);
  }
  if (wanted('pages')) {
    const quiet = `document.querySelector('h1') && !document.querySelector('[aria-busy=true]')`;
    const pages = {
      overview: ['/ui/overview', `document.querySelectorAll('.rows li').length > 2 && document.querySelector('.spans strong')`],
      tasks: ['/ui/tasks', LIST],
      'tasks, last page': [`/ui/tasks?page=${Math.ceil(TASKS / 50)}`, `document.querySelector('tr[data-id]')`],
      'tasks, failed': ['/ui/tasks?status=FAILED', `document.querySelector('tr[data-id]')`],
      'tasks, by last run': ['/ui/tasks?sort=last_run_at&order=desc', LIST],
      task: [`/ui/tasks/${ended.task_id}`, `document.querySelector('.glance pre') && document.querySelector('table tbody tr td')`],
      edit: [`/ui/tasks/${ended.task_id}/edit`, `document.querySelector('input[name=name]')?.value`],
      executions: ['/ui/executions', `document.querySelectorAll('tbody tr td.id a').length >= 50`],
      'executions, failed': ['/ui/executions?status=FAILED', `document.querySelectorAll('tbody tr td.id a').length >= 50`],
      execution: [`/ui/executions/${ended.id}`, `document.querySelector('dl dd') && document.querySelector('[role=log]')`],
      timeline: ['/ui/timeline', `document.querySelectorAll('.lane').length > 10`],
      upcoming: ['/ui/upcoming', `document.querySelector('.calendar .cell')`],
      users: ['/ui/admin/users', `document.querySelector('tbody tr td')`],
      tokens: ['/ui/admin/tokens', quiet],
      audit: ['/ui/admin/audit', `document.querySelector('tbody tr td')`],
      system: ['/ui/admin/system', `document.querySelector('.own')`],
    };
    for (const [name, [path, ready]] of Object.entries(pages)) await measure(`page: ${name}`, path, ready);
  }
  if (wanted('memory')) {
    // The page lives through an hour by a clock of its own: each of its seconds brings ten events of the real server,
    // and is then over at once. So it sees 36,000 events and asks anew as often as it would in an hour.
    const opened = await openPage(browser, server);
    const { page, context } = opened;
    let asked = 0;
    page.on('request', (request) => (asked += /\/tasks\?/.test(request.url()) ? 1 : 0));
    const client = await context.newCDPSession(page);
    await client.send('HeapProfiler.enable');
    const heap = async () => {
      for (let again = 0; again < 3; again += 1) await client.send('HeapProfiler.collectGarbage');
      return (await client.send('Runtime.getHeapUsage')).usedSize / 1e6;
    };
    await page.clock.install();
    await page.goto('/ui/tasks');
    await page.clock.runFor(2000);
    await page.locator('tr[data-id]').first().waitFor();
    const some = (await server.api('GET', '/tasks?page_size=50')).items.map(({ id }) => id);
    let sent = 0;
    const live = async (seconds) => {
      for (let second = 0; second < seconds; second += 1) {
        await Promise.all(Array.from({ length: EVENTS_A_SECOND }, () => server.api('POST', `/tasks/${some[sent++ % some.length]}/toggle`)));
        await page.clock.runFor(1000);
      }
    };
    await live(Math.min(300, HOUR_S / 10));
    const [before, askedBefore, sentBefore] = [await heap(), asked, sent];
    await live(HOUR_S);
    const after = await heap();
    console.log(`memory: ${sent - sentBefore} events, ${asked - askedBefore} times asked anew, heap ${round(before)} to ${round(after)} MB`);
    tell(`heap growth over ${HOUR_S} s of ${EVENTS_A_SECOND} events/s`, [Math.max(0, after - before)], 10, 'MB');
    await context.close();
  }
  if (wanted('log')) {
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
    await page.getByText(`${Math.ceil(LOG_BYTES / (line.length + 1))} lines`).waitFor();
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
    await page.getByText('100000+').waitFor();
    tell('100,000 matches are found in it', [performance.now() - find], 2000);
    tell('worst frame while it looks', [await page.evaluate(() => window.worstFrame)], 100);
    await opened.context.close();
  }
} finally {
  await browser.close();
  await server.stop();
}
