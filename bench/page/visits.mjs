// The list, its search, and every page with much to show.
import { openPage } from '../../tests/browser/harness.mjs';
import { measure, tell, visit, watch } from './measure.mjs';

const LIST = `document.querySelectorAll('tr[data-id]').length >= 50`;
const SCREEN = `document.querySelectorAll('tr[data-id]').length >= 20`;
const QUIET = `document.querySelector('h1') && !document.querySelector('[aria-busy=true]')`;
// Between two letters of one who types fast.
const LETTER_MS = 120;
const TYPED = ['report', 'number 77', 'team-7', 'mail number', 'export', 'index number 1', 'clean'];

export async function list(bench) {
  await measure(bench, 'a picture alone, first visit: what the browser itself takes', '/favicon.svg', `document.readyState === 'complete'`, { fresh: true });
  await measure(bench, 'list, its first screen, first visit', '/ui/tasks', SCREEN, { fresh: true });
  await measure(bench, 'list of 50, first visit', '/ui/tasks', LIST, { fresh: true });
  await measure(bench, 'list, its first screen, again', '/ui/tasks', SCREEN);
  await measure(bench, 'list of 50, again', '/ui/tasks', LIST);
}

// Letter by letter: from the letter until the rows are those that the server found for what stands there.
export async function search({ browser, server }) {
  const opened = await openPage(browser, server);
  await watch(opened.page);
  await visit(opened, '/ui/tasks', LIST);
  const taken = await opened.page.evaluate(
    async ({ texts, gap }) => {
      const box = document.querySelector('input[type=search]');
      box.focus();
      const type = async (typed) => {
        performance.clearResourceTimings();
        const start = performance.now();
        box.value = typed;
        box.dispatchEvent(new Event('input', { bubbles: true }));
        const asked = new URLSearchParams({ search: typed.trim() }).toString();
        const isAnswered = () => performance.getEntriesByType('resource').some(({ name, responseEnd }) => responseEnd > 0 && `${new URL(name).search.slice(1)}&`.includes(`${asked}&`));
        const fits = () => {
          const rows = [...document.querySelectorAll('tr[data-id]')];
          return rows.length > 0 && rows.every((row) => row.textContent.includes(typed.trim()) || row.querySelector('.rest'));
        };
        return (await window.shownWhen(() => isAnswered() && fits())) - start;
      };
      const taken = [];
      for (const text of texts) {
        for (let length = 1; length <= text.length; length += 1) {
          // A blank at the end asks for nothing else.
          if (text[length - 1] !== ' ') taken.push(await type(text.slice(0, length)));
          await new Promise((resolve) => setTimeout(resolve, gap));
        }
      }
      return taken;
    },
    { texts: TYPED, gap: LETTER_MS },
  );
  await opened.context.close();
  tell(`search answers each of ${taken.length} letters as one types`, taken, 100, { more: `95 of 100 within ${Math.round(taken.sort((a, b) => a - b)[Math.floor(taken.length * 0.95)])} ms` });
}

export async function pages(bench, { tasks }) {
  const ended = (await bench.server.api('GET', '/executions?status=FAILED&limit=1')).items[0];
  const PAGES = {
    login: ['/login', `document.querySelector('input[type=password]')`],
    overview: ['/ui/overview', `document.querySelectorAll('.rows li').length > 2 && document.querySelector('.spans strong')`],
    tasks: ['/ui/tasks', LIST],
    'tasks, last page': [`/ui/tasks?page=${Math.ceil(tasks / 50)}`, `document.querySelector('tr[data-id]')`],
    'tasks, failed': ['/ui/tasks?status=FAILED', `document.querySelector('tr[data-id]')`],
    'tasks, by last run': ['/ui/tasks?sort=last_run_at&order=desc', LIST],
    'new task': ['/ui/tasks/create', `document.querySelector('fieldset.all:enabled')`],
    task: [`/ui/tasks/${ended.task_id}`, `document.querySelector('.glance pre') && document.querySelector('table tbody tr td')`],
    edit: [`/ui/tasks/${ended.task_id}/edit`, `document.querySelector('input[name=name]')?.value`],
    executions: ['/ui/executions', `document.querySelectorAll('tbody tr td.id a').length >= 50`],
    'executions, failed': ['/ui/executions?status=FAILED', `document.querySelectorAll('tbody tr td.id a').length >= 50`],
    execution: [`/ui/executions/${ended.id}`, `document.querySelector('dl dd') && document.querySelector('[role=log]')`],
    timeline: ['/ui/timeline', `document.querySelectorAll('.lane').length > 10`],
    upcoming: ['/ui/upcoming', `document.querySelector('.calendar .cell')`],
    users: ['/ui/admin/users', `document.querySelector('tbody tr td')`],
    tokens: ['/ui/admin/tokens', QUIET],
    secrets: ['/ui/admin/secrets', QUIET],
    audit: ['/ui/admin/audit', `document.querySelector('tbody tr td')`],
    system: ['/ui/admin/system', `document.querySelector('.own')`],
  };
  for (const [name, [path, ready]] of Object.entries(PAGES)) {
    await measure(bench, `page: ${name}, first visit`, path, ready, { fresh: true });
    await measure(bench, `page: ${name}, again`, path, ready);
  }
}
