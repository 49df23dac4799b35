// What the keyboard alone does.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fixture } from './shared.mjs';

describe('keys', () => {
  const at = fixture();

  test('the menu of a row opens by the keyboard and gives the focus back', async () => {
    const { page, create } = at;
    await create('keyed');
    await page.goto('/ui/tasks?search=keyed');
    const more = page.getByRole('button', { name: 'More for keyed' });
    await more.focus();
    await page.keyboard.press('ArrowDown');
    await page.getByRole('menuitem', { name: 'Open' }).and(page.locator(':focus')).waitFor();
    await page.keyboard.press('End');
    await page.getByRole('menuitem', { name: 'Delete' }).and(page.locator(':focus')).waitFor();
    await page.keyboard.press('Escape');
    await more.and(page.locator(':focus')).waitFor();
    assert.equal(await more.getAttribute('aria-expanded'), 'false');
  });

  test('keys alone lead to a task and run it', async () => {
    const { page, server, create, row } = at;
    const task = await create('by keys');
    await page.goto('/ui/tasks?search=by+keys');
    await row('by keys').waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('r');
    await server.until('it ran', async () => (await server.api('GET', `/tasks/${task.id}/executions`)).items.length === 1);
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
  });

  test('/ leads to the search box of each page that has one', async () => {
    const { page } = at;
    for (const [path, name] of [['/ui/executions', 'Output contains'], ['/ui/timeline', 'Search tasks and tags'], ['/ui/admin/audit', 'Who']]) {
      await page.goto(path);
      const box = page.locator('#main input[type=search]').first();
      await box.waitFor();
      await page.keyboard.press('/');
      assert.equal(await box.evaluate((one) => one === document.activeElement), true, `${path}: ${name}`);
      assert.equal(await box.inputValue(), '');
    }
  });

  test('a delete can be undone by a key, past other messages, as long as its own has the focus', async () => {
    const { page, server, create, row } = at;
    const task = await create('taken back');
    await create('noisy neighbour of taken back');
    await page.clock.install();
    await page.goto('/ui/tasks?search=taken&sort=name&order=desc');
    const remove = async () => {
      await page.getByRole('button', { name: 'More for taken back' }).click();
      await page.getByRole('menuitem', { name: 'Delete' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
      await page.getByText('Deleted 1 task').waitFor();
    };
    await remove();
    const undo = page.locator('.toast', { hasText: 'Deleted 1 task' }).getByRole('button', { name: 'Undo' });
    await undo.focus();
    await page.clock.fastForward(60_000);
    assert.equal(await undo.evaluate((button) => button === document.activeElement), true);
    await page.keyboard.press('Enter');
    await row('taken back').nth(1).waitFor();
    await remove();
    for (let number = 0; number < 4; number += 1) {
      await page.getByRole('button', { name: 'Run noisy neighbour of taken back now' }).click();
      await page.locator('.toast', { hasNotText: 'Deleted' }).nth(Math.min(number, 2)).waitFor();
    }
    await undo.waitFor();
    await page.keyboard.press('z');
    await undo.waitFor({ state: 'detached' });
    assert.equal((await server.api('GET', `/tasks/${task.id}`)).name, 'taken back');
    await page.clock.fastForward(60_000);
    await row('taken back').nth(1).waitFor();
  });
});
