// What is done to one row of the list or to many, said before, taken back, and kept.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fixture } from './shared.mjs';

describe('many at once', () => {
  const at = fixture();

  test('a pause is undone from its toast', async () => {
    const { page, server, create } = at;
    const task = await create('nap');
    await page.goto('/ui/tasks?search=nap');
    await page.getByRole('button', { name: 'Pause nap' }).click();
    await server.until('it is paused', async () => (await server.api('GET', `/tasks/${task.id}`)).status === 'PAUSED');
    await page.getByRole('button', { name: 'Undo' }).click();
    await server.until('it is active', async () => (await server.api('GET', `/tasks/${task.id}`)).status === 'ACTIVE');
  });

  test('many are paused at once, after saying so', async () => {
    const { page, server, create, row } = at;
    const made = [];
    for (const name of ['bulk one', 'bulk two', 'bulk three']) made.push(await create(name));
    await page.goto('/ui/tasks?search=bulk');
    await row('bulk one').waitFor();
    await page.getByLabel('Select this page').check();
    await page.getByRole('region', { name: 'Selected tasks' }).getByRole('button', { name: 'Pause' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('bulk two').waitFor();
    await dialog.getByRole('button', { name: 'Pause' }).click();
    await page.getByText('Paused 3 tasks', { exact: true }).waitFor();
    for (const { id } of made) assert.equal((await server.api('GET', `/tasks/${id}`)).status, 'PAUSED');
  });

  test('a delete is held back as long as it can be undone', async () => {
    const { page, server, create, row } = at;
    const task = await create('second thoughts');
    await page.goto('/ui/tasks?search=second');
    await page.getByRole('button', { name: 'More for second thoughts' }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await row('second thoughts').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Undo' }).click();
    await row('second thoughts').waitFor();
    assert.equal((await server.api('GET', `/tasks/${task.id}`)).name, 'second thoughts');
  });

  test('a tag is put on many, and taken back', async () => {
    const { page, server, create, row } = at;
    const made = [];
    for (const name of ['label one', 'label two']) made.push(await create(name, { tags: ['kept'] }));
    const tags = async () => (await Promise.all(made.map(({ id }) => server.api('GET', `/tasks/${id}`)))).map((task) => task.tags.join());
    await page.goto('/ui/tasks?search=label');
    await row('label one').waitFor();
    await page.getByLabel('Select this page').check();
    await page.getByRole('region', { name: 'Selected tasks' }).getByRole('button', { name: 'Tag' }).click();
    await page.getByLabel('Tag name').fill('night');
    await page.getByRole('dialog').getByRole('button', { name: 'Add' }).click();
    await page.getByText('Tagged 2 tasks', { exact: true }).waitFor();
    assert.deepEqual(await tags(), ['kept,night', 'kept,night']);
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('Removed the tag from 2 tasks').waitFor();
    assert.deepEqual(await tags(), ['kept', 'kept']);
  });

  test('the undo of a pause leaves paused what was paused before', async () => {
    const { page, server, create, row } = at;
    const first = await create('rest one');
    const second = await create('rest two');
    await server.api('POST', `/tasks/${first.id}/pause`);
    await page.goto('/ui/tasks?search=rest');
    await row('rest one').waitFor();
    await page.getByLabel('Select this page').check();
    await page.getByRole('region', { name: 'Selected tasks' }).getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Pause' }).click();
    await page.getByText('Paused 1 task · 1 task was paused already', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('Resumed 1 task', { exact: true }).waitFor();
    const status = async ({ id }) => (await server.api('GET', `/tasks/${id}`)).status;
    assert.deepEqual([await status(first), await status(second)], ['PAUSED', 'ACTIVE']);
  });

  test('what is selected stays selected on other pages, and all that match can be', async () => {
    const { page, create, row } = at;
    for (let at = 1; at <= 27; at += 1) await create(`leaf ${String(at).padStart(2, '0')}`);
    await page.goto('/ui/tasks?search=leaf&page_size=25&sort=name&order=asc');
    await row('leaf 01').waitFor();
    await page.getByLabel('Select leaf 01').check();
    await page.getByRole('button', { name: 'Next page' }).click();
    await row('leaf 27').waitFor();
    await page.getByLabel('Select leaf 27').check();
    await page.getByText('2 selected').waitFor();
    await page.getByRole('button', { name: 'Select all 27 that match' }).click();
    await page.getByText('27 selected').waitFor();
    // The other way round the 25th stands below the screen that is drawn first.
    await page.locator('thead').getByRole('button', { name: 'Name' }).click();
    await row('leaf 03').waitFor();
    assert.equal(await page.locator('tr[data-id]').count(), 25);
  });

  test('a view is saved by name and comes back; a pinned task stands first', async () => {
    const { page, create, row } = at;
    await create('pinned down', { tags: ['mine'] });
    await page.goto('/ui/tasks?search=pinned&tag=mine');
    await row('pinned down').waitFor();
    await page.getByRole('button', { name: 'Saved views' }).click();
    await page.getByRole('menuitem', { name: 'Save this view' }).click();
    await page.getByLabel('Name of the view').fill('my own');
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: 'More for pinned down' }).click();
    await page.getByRole('menuitem', { name: 'Pin to the top' }).click();
    await page.goto('/ui/tasks?sort=name&order=asc');
    await page.locator('tr[data-id]').first().filter({ hasText: 'pinned down' }).waitFor();
    await page.getByRole('button', { name: 'Saved views' }).click();
    await page.getByRole('menuitemradio', { name: 'my own' }).click();
    await page.waitForURL(/search=pinned/);
  });
});
