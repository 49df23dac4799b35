// What pages that are left open for an hour keep of what happens meanwhile: the list, the overview, the timeline, and
// an execution whose output grows.
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openPage } from '../../tests/browser/harness.mjs';
import { number, round, tell } from './measure.mjs';

const HOUR_S = number('SECONDS', 3600);
const EVENTS_A_SECOND = 10;
const MOST_MB = 10;
const LINES_A_SECOND = 10;
// In each second that many runs begin and end, which are several events each; what is left to ten are toggles.
const RUNS_A_SECOND = 2;
const EVENTS_OF_A_RUN = 4;

// The server's events as they come, counted.
async function follow({ server }) {
  const abort = new AbortController();
  const login = await fetch(`${server.url}/auth/login`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ username: 'admin', password: process.env.MINI_SCHEDULER_ADMIN_PASSWORD ?? 'admin123' }) });
  const { access_token: token } = await login.json();
  const response = await fetch(`${server.url}/events`, { headers: { authorization: `Bearer ${token}`, accept: 'text/event-stream' }, signal: abort.signal });
  const seen = { count: 0, stop: () => abort.abort() };
  void (async () => {
    for await (const part of response.body) seen.count += new TextDecoder().decode(part).match(/^id:/gm)?.length ?? 0;
  })().catch(() => undefined);
  return seen;
}

async function openAt(bench, path, ready) {
  const opened = await openPage(bench.browser, bench.server);
  const { page, context } = opened;
  const client = await context.newCDPSession(page);
  await client.send('HeapProfiler.enable');
  const heap = async () => {
    for (let again = 0; again < 3; again += 1) await client.send('HeapProfiler.collectGarbage');
    return (await client.send('Runtime.getHeapUsage')).usedSize / 1e6;
  };
  // By a clock of its own: each second of it brings the events of one, and is then over at once.
  await page.clock.install();
  await page.goto(path);
  await page.clock.runFor(2000);
  await page.locator(ready).first().waitFor();
  return { ...opened, path, heap };
}

export async function memory(bench) {
  const { server } = bench;
  const written = join(server.folder, 'written');
  writeFileSync(written, 'the first line\n');
  const writer = await server.api('POST', '/tasks', { name: 'writer', cron: '0 0 1 1 *', command: `exec tail -n +1 -f '${written}'`, timeout_s: 0 });
  const { execution_id: live } = await server.api('POST', `/tasks/${writer.id}/run`, {});
  const some = (await server.api('GET', '/tasks?page_size=50&status=ACTIVE')).items.map(({ id }) => id);
  const quick = [];
  for (let at = 0; at < 20; at += 1) quick.push((await server.api('POST', '/tasks', { name: `quick ${at}`, cron: '0 0 1 1 *', command: 'true' })).id);

  const opened = [
    await openAt(bench, '/ui/tasks', 'tr[data-id]'),
    await openAt(bench, '/ui/overview', '.rows li'),
    await openAt(bench, '/ui/timeline', '.lane'),
    await openAt(bench, `/ui/executions/${live}`, '.line'),
  ];
  const events = await follow(bench);
  let second = 0;
  const liveThrough = async (seconds) => {
    for (const end = second + seconds; second < end; second += 1) {
      const runs = Array.from({ length: RUNS_A_SECOND }, (_, at) => server.api('POST', `/tasks/${quick[(second * RUNS_A_SECOND + at) % quick.length]}/run`, { force: true }));
      const toggles = EVENTS_A_SECOND - RUNS_A_SECOND * EVENTS_OF_A_RUN;
      const turned = Array.from({ length: toggles }, (_, at) => server.api('POST', `/tasks/${some[(second * toggles + at) % some.length]}/toggle`));
      appendFileSync(written, Array.from({ length: LINES_A_SECOND }, (_, at) => `second ${second}, line ${at}: one more part of the delivery has been passed on\n`).join(''));
      await Promise.all([...runs, ...turned]);
      await Promise.all(opened.map(({ page }) => page.clock.runFor(1000)));
    }
  };
  try {
    await liveThrough(Math.min(300, HOUR_S / 10));
    const [seenBefore, before] = [events.count, []];
    for (const one of opened) before.push(await one.heap());
    await liveThrough(HOUR_S);
    const perSecond = round((events.count - seenBefore) / HOUR_S);
    for (const [at, one] of opened.entries()) {
      const after = await one.heap();
      const path = one.path.replace(/\d+$/, '…');
      tell(`heap of ${path} over ${HOUR_S} s of ${perSecond} events/s`, [Math.max(0, after - before[at])], MOST_MB, { unit: 'MB more', more: `${round(before[at])} to ${round(after)} MB` });
    }
  } finally {
    events.stop();
    for (const { context } of opened) await context.close();
    await server.api('POST', `/executions/${live}/cancel`);
  }
}
