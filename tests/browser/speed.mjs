// How fast the page is with much to show, by the browser's own clock. Not part of the tests: it prints figures
// beside the aims and fails for none of them.
//   node tests/browser/speed.mjs        TASKS, RUNS, RUNNING and EVENTS set how much; ONLY=pages,search,… what
import { openPage, startBrowser, startServer } from './harness.mjs';

const number = (name, otherwise) => Number(process.env[name] ?? otherwise);
const TASKS = number('TASKS', 10_000);
const RUNS = number('RUNS', 3_000);
const RUNNING = number('RUNNING', 200);
const EVENTS = number('EVENTS', 9_000);
const REPEATS = number('REPEATS', 5);
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
const rows = [];
function tell(what, values, aim, unit = 'ms') {
  const middle = median(values);
  rows.push({ what, median: `${Math.round(middle * 10) / 10} ${unit}`, worst: `${Math.round(Math.max(...values) * 10) / 10} ${unit}`, aim: `${aim} ${unit}`, met: middle <= aim ? 'yes' : 'NO' });
}

const server = await startServer();
const browser = await startBrowser();
try {
  const began = performance.now();
  const words = ['backup', 'report', 'sync', 'index', 'mail', 'export', 'check', 'clean'];
  const ids = new Array(TASKS);
  await parallel(TASKS, async (at) => {
    const task = await server.api('POST', '/tasks', {
      name: `${words[at % words.length]} number ${at}`,
      cron: `${at % 60} ${Math.floor(at / 60) % 24} * * *`,
      command: at < RUNNING ? 'sleep 1200' : `: ${at}`,
      timeout_s: 0,
      tags: [`team-${at % 40}`],
    });
    ids[at] = task.id;
  });
  console.log(`${TASKS} tasks made in ${Math.round(performance.now() - began)} ms`);
  for (let done = 0; done < RUNS; done += 500) {
    const part = Array.from({ length: Math.min(500, RUNS - done) }, (_, at) => ids[RUNNING + ((done + at) % (TASKS - RUNNING))]);
    await server.api('POST', '/tasks/bulk/force_run', { ids: part });
  }
  await server.until('the runs are over', async () => (await server.api('GET', '/executions?status=PENDING&limit=1')).items.length === 0 && (await server.api('GET', '/executions?status=RUNNING&limit=1')).items.length === 0, 600_000);
  await server.api('POST', '/tasks/bulk/force_run', { ids: ids.slice(0, RUNNING) });
  await server.until('they run', async () => (await server.api('GET', `/executions?status=RUNNING&limit=500`)).items.length >= RUNNING, 60_000);
  console.log(`${RUNS} executions over, ${RUNNING} running, after ${Math.round(performance.now() - began)} ms`);
  const ended = (await server.api('GET', '/executions?status=SUCCESS&limit=1')).items[0];

  const opened = await openPage(browser, server);
  const { page, context } = opened;
  // Notes when the page shows what it is for: checked on every frame, so right to a frame.
  await page.addInitScript(() => {
    window.shownWhen = (ready) => new Promise((resolve) => {
      const look = () => (ready() ? resolve(performance.now()) : requestAnimationFrame(look));
      look();
    });
  });
  const time = async (path, ready) => {
    await page.goto(path, { waitUntil: 'commit' });
    return page.evaluate((source) => window.shownWhen(new Function(`return ${source}`)), ready);
  };

  const LIST = `document.querySelectorAll('tr[data-id]').length >= 50`;
  if (wanted('list')) {
    tell('list of 50, first visit', [await time('/ui/tasks', LIST)], 300);
    const again = [];
    for (let at = 0; at < REPEATS; at += 1) again.push(await time('/ui/tasks', LIST));
    tell('list of 50, again', again, 300);
  }
  if (wanted('search')) {
    await time('/ui/tasks', LIST);
    const taken = [];
    for (const text of ['report', 'number 77', 'team-7', 'mail number', 'export']) {
      taken.push(
        await page.evaluate(async (typed) => {
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
    }
    tell('search answers as one types', taken, 100);
  }
  if (wanted('pages')) {
    const quiet = `document.querySelector('h1') && !document.querySelector('[aria-busy=true]')`;
    const pages = {
      overview: ['/ui/overview', `document.querySelectorAll('.rows li').length > 2 && document.querySelector('.spans strong')`],
      tasks: ['/ui/tasks', LIST],
      'tasks, last page': [`/ui/tasks?page=${Math.ceil(TASKS / 50)}`, `document.querySelector('tr[data-id]')`],
      'tasks, failed': ['/ui/tasks?status=FAILED', quiet],
      task: [`/ui/tasks/${ended.task_id}`, `document.querySelector('.glance pre') && document.querySelector('table tbody tr td')`],
      edit: [`/ui/tasks/${ended.task_id}/edit`, `document.querySelector('input[name=name]')?.value`],
      executions: ['/ui/executions', `document.querySelectorAll('tbody tr td.id a').length >= 50`],
      execution: [`/ui/executions/${ended.id}`, `document.querySelector('dl dd') && document.querySelector('[role=log]')`],
      timeline: ['/ui/timeline', `document.querySelectorAll('.lane').length > 10`],
      upcoming: ['/ui/upcoming', `document.querySelector('.calendar .cell')`],
      audit: ['/ui/admin/audit', `document.querySelector('tbody tr td')`],
      system: ['/ui/admin/system', quiet],
    };
    for (const [name, [path, ready]] of Object.entries(pages)) {
      const taken = [];
      for (let at = 0; at < REPEATS; at += 1) taken.push(await time(path, ready));
      tell(`page: ${name}`, taken, 300);
    }
  }
  if (wanted('memory')) {
    // An hour of ten events a second is 36,000 of them; fewer are sent, and the growth is reckoned up.
    const client = await context.newCDPSession(page);
    await client.send('HeapProfiler.enable');
    const heap = async () => {
      await client.send('HeapProfiler.collectGarbage');
      return (await client.send('Runtime.getHeapUsage')).usedSize / 1e6;
    };
    await time('/ui/tasks', LIST);
    const some = ids.slice(-50);
    const send = (count) => parallel(count, (at) => server.api('POST', `/tasks/${some[at % some.length]}/toggle`));
    await send(EVENTS / 3);
    const before = await heap();
    await send(EVENTS);
    const after = await heap();
    tell(`heap growth over an hour of 10 events/s (reckoned from ${EVENTS})`, [Math.max(0, ((after - before) * 36_000) / EVENTS)], 10, 'MB');
    rows.push({ what: 'heap before and after', median: `${before.toFixed(1)} MB`, worst: `${after.toFixed(1)} MB`, aim: '', met: '' });
  }
  await context.close();
  console.table(rows);
} finally {
  await browser.close();
  await server.stop();
}
