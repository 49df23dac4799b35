// How fast the page is with much to show, by the browser's own clock: prints figures beside their aims, and fails for
// none of them. bench/run.py --only page runs it; the aims are told in docs/performance.md.
//   node bench/page.mjs
// TASKS, EXECUTIONS and RUNNING set how much there is, REPEATS how often each visit is measured, SECONDS how long the
// hour is that pages are left open, and ONLY=list,search,… which of list, search, pages, memory and log.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startBrowser, startServer } from '../tests/browser/harness.mjs';
import { log, LOG_BYTES } from './page/log.mjs';
import { number } from './page/measure.mjs';
import { memory } from './page/memory.mjs';
import { list, pages, search } from './page/visits.mjs';

const TASKS = number('TASKS', 10_000);
const EXECUTIONS = number('EXECUTIONS', 1_000_000);
const RUNNING = number('RUNNING', 200);
const AT_ONCE = 24;
const PARTS = { list, search, pages, memory, log };
const wanted = process.env.ONLY?.split(',') ?? Object.keys(PARTS);
for (const name of wanted) if (!(name in PARTS)) throw new Error(`there is no part '${name}': choose from ${Object.keys(PARTS).join(', ')}`);

async function parallel(count, each) {
  let next = 0;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (next < count) await each(next++);
    }),
  );
}

// As many tasks and executions as were asked for, and as many that run.
async function fill(server) {
  await server.api('POST', '/tasks', { name: 'pattern', cron: '0 0 1 1 *', command: 'true', keep_executions: 100_000 });
  await server.end();
  const seeded = spawnSync('/usr/bin/python3', [fileURLToPath(new URL('seed.py', import.meta.url)), join(server.folder, 'data/scheduler.db'), String(TASKS), String(EXECUTIONS)], { encoding: 'utf8' });
  if (seeded.status !== 0) throw new Error(seeded.stderr);
  await server.start();
  const busy = new Array(RUNNING);
  await parallel(RUNNING, async (at) => {
    busy[at] = (await server.api('POST', '/tasks', { name: `busy ${at}`, cron: '0 0 1 1 *', command: 'exec sleep 36000', timeout_s: 0 })).id;
  });
  if (RUNNING) await server.api('POST', '/tasks/bulk/force_run', { ids: busy });
  await server.until('they run', async () => (await server.api('GET', `/executions?status=RUNNING&limit=500`)).items.length >= RUNNING, 120_000);
  return seeded.stdout.trim();
}

const server = await startServer({ MINI_SCHEDULER_OUTPUT_MAX_BYTES: String(4 * LOG_BYTES) });
const browser = await startBrowser();
try {
  const began = performance.now();
  const there = await fill(server);
  console.log(`tasks and executions: ${there}; ${RUNNING} running; after ${Math.round(performance.now() - began)} ms`);
  for (const name of wanted) await PARTS[name]({ server, browser }, { tasks: TASKS });
} finally {
  await browser.close();
  await server.stop();
}
