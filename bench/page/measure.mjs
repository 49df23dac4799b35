// How long a page takes, by the browser's own clock, and how that is told beside its aim.
import { openPage } from '../../tests/browser/harness.mjs';

export const number = (name, otherwise) => Number(process.env[name] ?? otherwise);
const REPEATS = number('REPEATS', 7);

export const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
export const round = (value) => Math.round(value * 10) / 10;
// `more`: what else is known of it, a phrase.
export function tell(what, values, aim, { unit = 'ms', more = '' } = {}) {
  const middle = median(values);
  const range = values.length > 1 ? ` (${round(Math.min(...values))} to ${round(Math.max(...values))})` : '';
  console.log(`${what}: ${round(middle)} ${unit}${range}${more && `, ${more}`}; aim ${aim}: ${middle <= aim ? 'met' : 'MISSED'}`);
}

// Notes when the page shows what it is for: looked at on every frame, so right to a frame. And how long its data took
// to come, but for what comes as it happens.
export const watch = (page) =>
  page.addInitScript(() => {
    window.shownWhen = (ready) => new Promise((resolve) => {
      const look = () => (ready() ? resolve(performance.now()) : requestAnimationFrame(look));
      look();
    });
    window.answers = () =>
      performance.getEntriesByType('resource')
        .filter(({ name, responseEnd }) => responseEnd > 0 && !/\/assets\/|\/events|\/stream|\.(js|css|svg|ico)$/.test(name))
        .map(({ name, startTime, responseEnd }) => ({ path: name.slice(location.origin.length), took: responseEnd - startTime }));
  });

export async function visit({ page, context }, path, ready) {
  const client = await context.newCDPSession(page);
  await client.send('Performance.enable', { timeDomain: 'threadTicks' });
  const spent = async () => (await client.send('Performance.getMetrics')).metrics.find(({ name }) => name === 'TaskDuration').value * 1000;
  const before = await spent();
  await page.goto(path, { waitUntil: 'commit' });
  const shown = await page.evaluate((source) => window.shownWhen(new Function(`return ${source}`)), ready);
  const after = await spent();
  const answers = await page.evaluate(() => window.answers());
  await client.detach();
  return { shown, cpu: after > before ? after - before : after, answers };
}

// What is printed as CPU is the page's own thread's, which other programs of a busy machine do not lengthen. `fresh`:
// each time by a browser that has nothing of the page yet.
export async function measure({ browser, server }, what, path, ready, { fresh = false, aim = 300 } = {}) {
  const visits = [];
  let opened = null;
  for (let at = fresh ? 0 : -1; at < REPEATS; at += 1) {
    if (fresh || !opened) {
      opened = await openPage(browser, server);
      await watch(opened.page);
    }
    const one = await visit(opened, path, ready);
    if (at >= 0) visits.push(one);
    if (fresh) await opened.context.close();
  }
  if (!fresh) await opened.context.close();
  const slowest = visits.flatMap(({ answers }) => answers).reduce((most, one) => (one.took > most.took ? one : most), { took: 0, path: '' });
  const answered = median(visits.map(({ answers }) => Math.max(0, ...answers.map(({ took }) => took))));
  const data = slowest.path ? `; its data after ${round(answered)} ms, at worst ${round(slowest.took)} (${slowest.path.replace(/\?.*/, '')})` : '';
  tell(what, visits.map(({ shown }) => shown), aim, { more: `${round(median(visits.map(({ cpu }) => cpu)))} ms of CPU${data}` });
}
