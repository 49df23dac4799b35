// A try, a past that is made up, and what a task and its runs tell of themselves.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fixture } from './shared.mjs';

describe('runs', () => {
  const at = fixture();

  test('a task is tried out before it is saved, and nothing of it stays', async () => {
    const { page, server, create } = at;
    await page.goto('/ui/tasks/create');
    await page.getByLabel('Name', { exact: true }).fill('only a try');
    await page.getByLabel('Schedule', { exact: true }).fill('0 9 * * *');
    await page.getByLabel('Command', { exact: true }).fill('echo tried; exit 4');
    await page.getByRole('button', { name: 'Try it now' }).click();
    const dialog = page.getByRole('dialog', { name: 'A try' });
    await dialog.getByRole('log').getByText('tried').waitFor();
    await dialog.getByText('exit code 4').waitFor();
    await dialog.getByRole('button', { name: 'Close' }).click();
    await server.until('it is gone', async () => (await server.api('GET', '/tasks?search=only')).total === 0);
    assert.equal(await page.getByLabel('Name', { exact: true }).inputValue(), 'only a try');
    await page.getByRole('button', { name: 'Discard' }).or(page.getByLabel('Name', { exact: true })).first().waitFor();
    await page.evaluate(() => localStorage.clear());
  });

  test('a try whose tab crashed is gone when the next page is opened, and one that is still open is not', async () => {
    const { page, context, server } = at;
    const tries = async () => (await server.api('GET', '/tasks?search=crashes')).total;
    await page.goto('/ui/tasks/create');
    await page.getByLabel('Name', { exact: true }).fill('crashes');
    await page.getByLabel('Schedule', { exact: true }).fill('0 9 * * *');
    await page.getByLabel('Command', { exact: true }).fill('echo begun; exec sleep 600');
    await page.getByRole('button', { name: 'Try it now' }).click();
    await page.getByRole('dialog', { name: 'A try' }).getByRole('log').getByText('begun').waitFor();
    const other = await context.newPage();
    await other.goto('/ui/tasks');
    await other.getByRole('link', { name: 'crashes (a try)' }).waitFor();
    const crashed = page.waitForEvent('crash');
    void (await context.newCDPSession(page)).send('Page.crash').catch(() => {});
    await crashed;
    assert.equal(await tries(), 1);
    await other.reload();
    await server.until('it is gone', async () => (await tries()) === 0);
    await other.waitForFunction(() => !Object.keys(localStorage).some((key) => key.startsWith('tries.')));
    await other.evaluate(() => localStorage.clear());
  });

  test('an execution tells its attempts, its environment without secrets, and what is different from the last success', async () => {
    const { page, server, create, complaints } = at;
    const task = await create('told', {
      command: 'echo same; [ -n "$BAD" ] && echo worse && exit 3; echo better',
      env: { REGION: 'north', API_TOKEN: 'hunter2' },
      retry: { max_attempts: 2, initial_delay_s: 0.1 },
    });
    const ended = async (id) => server.until(`${id} is over`, async () => !/PENDING|RUNNING/.test((await server.api('GET', `/executions/${id}`)).status));
    const good = (await server.api('POST', `/tasks/${task.id}/run`, {})).execution_id;
    await ended(good);
    const bad = (await server.api('POST', `/tasks/${task.id}/run`, { env: { BAD: '1' } })).execution_id;
    await ended(bad);
    await page.goto(`/ui/executions/${bad}`);
    await page.getByRole('group', { name: 'Attempts' }).getByRole('button', { name: 'attempt 1' }).click();
    await page.getByRole('log').getByText('worse').waitFor();
    await page.getByText('What it ran').click();
    const environment = page.getByRole('region', { name: 'Environment' });
    await environment.getByText('north').waitFor();
    assert.ok(!(await page.content()).includes('hunter2'), 'a secret is shown');
    await page.getByRole('button', { name: `Compare with the last success (#${good})` }).click();
    const difference = page.getByRole('region', { name: 'Difference of the two outputs' });
    await difference.locator('.gone', { hasText: 'better' }).waitFor();
    await difference.locator('.came', { hasText: 'worse' }).waitFor();
    await page.goto(`/ui/tasks/${task.id}`);
    await page.getByText('REGION=north').waitFor();
    assert.ok(!(await page.content()).includes('hunter2'), 'a secret is shown');
    assert.deepEqual(complaints, []);
  });

  test('the task page shows its year, and its fires by both clocks with the night of the change', async () => {
    const { page, server, create } = at;
    const task = await create('two clocks', { cron: '30 2 * * *', timezone: 'Asia/Tokyo' });
    const { execution_id } = await server.api('POST', `/tasks/${task.id}/run`, {});
    await server.until('it ran', async () => (await server.api('GET', `/executions/${execution_id}`)).status === 'SUCCESS');
    await page.goto(`/ui/tasks/${task.id}`);
    await page.getByText('The last year: 1 run, 0 failed').waitFor();
    await page.getByRole('columnheader', { name: 'Asia/Tokyo' }).waitFor();
    await page.getByRole('columnheader', { name: /^here \(/ }).waitFor();
    // The last ten days of March hold the night of the change, whatever the year.
    await page.goto('/ui/tasks/create');
    const year = new Date().getUTCFullYear() + 1;
    await page.getByLabel('Schedule', { exact: true }).fill(`0 30 2 22-31 3 * ${year}`);
    await page.getByLabel('Time zone', { exact: true }).fill('Europe/Berlin');
    await page.getByText('clock change').waitFor();
    await page.evaluate(() => localStorage.clear());
  });

  test('a past window is made up, and a run is given what it needs', async () => {
    const { page, create, complaints } = at;
    const task = await create('made up', { cron: '0 * * * *', command: 'echo in $PLACE' });
    await page.goto(`/ui/tasks/${task.id}`);
    const choose = async (name) => {
      await page.getByRole('button', { name: 'More for made up' }).click();
      await page.getByRole('menuitem', { name }).click();
    };
    await choose('Backfill…');
    const dialog = page.getByRole('dialog', { name: 'Backfill' });
    await dialog.getByText('24 fires in this window').waitFor();
    await dialog.getByRole('button', { name: 'Run them' }).click();
    await page.getByText('24 runs made up').waitFor();
    await choose('Run with…');
    await page.getByLabel('Environment').fill('PLACE=town');
    await page.getByLabel('Arguments').fill('once');
    await page.getByLabel('Also beside a run that goes on').check();
    await page.getByRole('dialog').getByRole('button', { name: 'Run now' }).click();
    await page.waitForURL(/\/ui\/executions\/\d+$/);
    await page.getByRole('log').getByText('in town once').waitFor();
    assert.deepEqual(complaints, []);
  });
});
