// Where the focus is: in a dialog, after one, and when what had it is gone.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fixture } from './shared.mjs';

describe('focus', () => {
  const at = fixture();
  const focused = (locator) => locator.and(at.page.locator(':focus')).waitFor();
  const bar = () => at.page.getByRole('region', { name: 'Selected tasks' });
  const dialog = () => at.page.getByRole('dialog');
  const select = async (search) => {
    await at.page.goto(`/ui/tasks?search=${search}`);
    await at.row(search).first().waitFor();
    await at.page.getByLabel('Select this page').check();
  };
  const press = async (button, key = 'Enter') => {
    await button.focus();
    await at.page.keyboard.press(key);
  };

  test('a dialog begins in its first field, and Enter there does what it is for', async () => {
    const { page, server, create } = at;
    const task = await create('marked by keys', { tags: ['nightly'] });
    const other = await create('marked by keys, too');
    await select('marked');
    await press(bar().getByRole('button', { name: 'Tag' }));
    await focused(page.getByLabel('Tag name'));
    await page.keyboard.type('nightly');
    await page.keyboard.press('Enter');
    await page.getByText('Tagged 1 task · 1 task had the tag already', { exact: true }).waitFor();
    for (const { id } of [task, other]) assert.deepEqual((await server.api('GET', `/tasks/${id}`)).tags, ['nightly']);
    await focused(bar().getByRole('button', { name: 'Tag' }));
    // What takes it away says honestly that there was nothing to take.
    await page.keyboard.press('Enter');
    await page.keyboard.type('weekly');
    await dialog().getByRole('button', { name: 'Remove' }).click();
    await page.getByText('2 tasks did not have the tag', { exact: true }).waitFor();
    await press(page.getByRole('button', { name: 'Saved views' }));
    await press(page.getByRole('menuitem', { name: 'Save this view' }));
    await focused(page.getByLabel('Name of the view'));
    await page.keyboard.press('Escape');
    await press(page.getByRole('button', { name: 'Import a crontab' }));
    await focused(dialog().getByRole('textbox', { name: 'Import a crontab' }));
  });

  test('a question begins on what it asks for, but never on what destroys', async () => {
    const { page, create, row } = at;
    await create('pondered');
    await select('pondered');
    await press(bar().getByRole('button', { name: 'Pause' }));
    await focused(dialog().getByRole('button', { name: 'Pause' }));
    await page.keyboard.press('Enter');
    await page.getByText('Paused 1 task', { exact: true }).waitFor();
    await press(bar().getByRole('button', { name: 'Delete' }));
    await focused(dialog().getByRole('button', { name: 'Cancel' }));
    await page.keyboard.press('Enter');
    await dialog().waitFor({ state: 'detached' });
    assert.equal(await row('pondered').count(), 1);
  });

  test('an accepted dialog gives the focus back, and what goes gives it on', async () => {
    const { page, create, row } = at;
    for (const name of ['handed a', 'handed b', 'handed c']) await create(name);
    await select('handed');
    await press(bar().getByRole('button', { name: 'Pause' }));
    await page.keyboard.press('Enter');
    await page.getByText('Paused 3 tasks', { exact: true }).waitFor();
    await focused(bar().getByRole('button', { name: 'Pause' }));
    await press(bar().getByRole('button', { name: 'Clear the selection' }));
    await focused(row('handed c').locator('a.name'));
    await press(page.getByRole('button', { name: 'More for handed b' }));
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await focused(dialog().getByRole('button', { name: 'Cancel' }));
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await row('handed b').waitFor({ state: 'detached' });
    await focused(row('handed a').locator('a.name'));
    await press(page.getByRole('button', { name: 'Saved views' }));
    await press(page.getByRole('menuitem', { name: 'Save this view' }));
    await page.getByLabel('Name of the view').fill('kept');
    await page.keyboard.press('Enter');
    await focused(page.getByRole('button', { name: 'Saved views' }));
    await page.evaluate(() => localStorage.clear());
  });

  test('what became of each is told on demand, also of those that were so already', async () => {
    const { page, server, create } = at;
    const task = await create('recounted one');
    await create('recounted two');
    await server.api('POST', `/tasks/${task.id}/pause`);
    await select('recounted');
    await press(bar().getByRole('button', { name: 'Pause' }));
    await dialog().getByText('1 of them is paused already.').waitFor();
    await page.keyboard.press('Enter');
    await page.getByText('Paused 1 task · 1 task was paused already', { exact: true }).waitFor();
    // On another page as well.
    await page.getByRole('link', { name: 'Overview' }).click();
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    await page.locator('.toast').getByRole('button', { name: 'Details' }).click();
    const lines = dialog().getByRole('listitem');
    await lines.filter({ hasText: 'recounted one' }).getByText('Was so already').waitFor();
    await lines.filter({ hasText: 'recounted two' }).getByText('Done').waitFor();
  });

  test('each of many that are deleted is told of while they can still be brought back, from there too', async () => {
    const { page, server, create } = at;
    const ids = [];
    for (const name of ['goes one', 'goes two', 'goes three']) ids.push((await create(name)).id);
    await page.clock.install();
    const remove = async () => {
      await select('goes');
      await press(bar().getByRole('button', { name: 'Delete' }));
      await dialog().getByRole('button', { name: 'Delete' }).click();
      await page.getByText('Deleted 3 tasks').waitFor();
      await page.locator('.toast').getByRole('button', { name: 'Details' }).click();
      const lines = dialog().getByRole('listitem');
      await lines.nth(2).waitFor();
      for (const id of ids) await lines.filter({ hasText: `#${id}` }).getByText('Goes when this can be undone no more').waitFor();
    };
    await remove();
    // However long it is read.
    await page.clock.fastForward(60_000);
    assert.equal((await server.api('GET', '/tasks?search=goes')).total, 3);
    await dialog().getByRole('button', { name: 'Undo' }).click();
    await dialog().waitFor({ state: 'detached' });
    await page.locator('tr[data-id]', { hasText: 'goes two' }).waitFor();
    assert.equal(await page.locator('.toast').count(), 0);
    await remove();
    await page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'detached' });
    assert.equal((await server.api('GET', '/tasks?search=goes')).total, 3);
    // It has the pointer and the focus until here.
    await page.getByRole('heading', { name: 'Tasks', exact: true }).click();
    await page.clock.fastForward(60_000);
    await server.until('they are gone', async () => (await server.api('GET', '/tasks?search=goes')).total === 0);
    assert.deepEqual(at.complaints, []);
  });
});
