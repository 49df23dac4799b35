// What the keyboard alone does.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fixture } from './shared.mjs';

// What has the focus: its name, and whether one sees that it has it: it is drawn round, in view, and nothing lies over it.
const focus = (page) =>
  page.evaluate(() => {
    const node = document.activeElement;
    const name = node.getAttribute('aria-label') ?? node.labels?.[0]?.textContent ?? node.querySelector('span')?.textContent ?? node.textContent;
    const isDrawn = [node, node.parentElement, node.parentElement?.parentElement].some((each) => each && getComputedStyle(each).outlineStyle !== 'none');
    const { left, top, width, height } = node.getBoundingClientRect();
    const over = document.elementFromPoint(left + Math.min(width / 2, 20), top + Math.min(height / 2, 16));
    return { name: name.trim(), isSeen: node !== document.body && isDrawn && (node.contains(over) || over?.contains(node)) };
  });
async function assertFocus(page, name) {
  assert.deepEqual(await focus(page), { name, isSeen: true });
}

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

  test('keys walk the list, choose, pause, undo, search, edit and open, and the focus stays in sight', async () => {
    const { page, server, create, row } = at;
    const tasks = [];
    for (const name of ['stepped on a', 'stepped on b', 'stepped on c']) tasks.push(await create(name));
    await page.goto('/ui/tasks?search=stepped&sort=name&order=asc');
    await row('stepped on c').waitFor();
    const bar = page.getByRole('region', { name: 'Selected tasks' });
    const press = async (key, name) => {
      await page.keyboard.press(key);
      await assertFocus(page, name);
    };
    await press('j', 'stepped on a');
    await press('j', 'stepped on b');
    await press('j', 'stepped on c');
    await press('j', 'stepped on c');
    await press('k', 'stepped on b');
    await press('x', 'stepped on b');
    await bar.getByText('1 selected').waitFor();
    await press('x', 'stepped on b');
    await bar.waitFor({ state: 'detached' });
    await press('p', 'stepped on b');
    await row('stepped on b').getByText('Paused').waitFor();
    await page.getByText('Paused stepped on b').waitFor();
    await press('z', 'stepped on b');
    await row('stepped on b').getByText('Active').waitFor();
    await server.until('it is active', async () => (await server.api('GET', `/tasks/${tasks[1].id}`)).status === 'ACTIVE');
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).getByRole('button', { name: 'Close' }).and(page.locator(':focus')).waitFor();
    await page.keyboard.press('Escape');
    await assertFocus(page, 'stepped on b');
    await press('/', 'Search name, command, tags');
    await page.keyboard.type('stepped on c');
    await row('stepped on b').waitFor({ state: 'detached' });
    // Out of the box, into the list.
    await page.keyboard.press('Escape');
    await press('j', 'stepped on c');
    await page.keyboard.press('e');
    await page.waitForURL(`**/ui/tasks/${tasks[2].id}/edit`);
    // What is asked for next begins in the page, not in the bar beside it.
    await page.locator('main:focus').waitFor();
    await page.getByLabel('Name', { exact: true }).waitFor();
    await page.keyboard.press('Escape');
    await page.waitForURL((url) => url.pathname === '/ui/tasks');
    await row('stepped on c').waitFor();
    await press('j', 'stepped on c');
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/ui/tasks/${tasks[2].id}`);
    await page.locator('main:focus').waitFor();
  });

  test('Tab goes through a new task from its name to its buttons, in order and in sight, and into what is unfolded', async () => {
    const { page } = at;
    await page.goto('/ui/tasks/create');
    await page.locator('fieldset.all:enabled').waitFor();
    await page.getByLabel('Name', { exact: true }).focus();
    const FIRST = ['Cron', 'Choices', 'Words', 'Schedule', 'Time zone', 'Command', 'HTTP call', 'Command'];
    const FOLDS = ['Description and tags', 'Where and as whom', 'Time limit and exit codes', 'Retry', 'What follows', 'Overlap and missed fires', 'History'];
    const BUTTONS = ['Create task', 'Try it now', 'Save and run now', 'Cancel'];
    for (const width of [1280, 2560, 3840]) {
      await page.setViewportSize({ width, height: 900 });
      await page.getByLabel('Name', { exact: true }).focus();
      for (const name of [...FIRST, ...FOLDS, ...BUTTONS]) {
        await page.keyboard.press('Tab');
        await assertFocus(page, name);
      }
      for (const name of [...BUTTONS.slice(0, -1).reverse(), 'History']) {
        await page.keyboard.press('Shift+Tab');
        await assertFocus(page, name);
      }
    }
    await page.keyboard.press('Enter');
    for (const name of ['Executions kept', 'Failed ones kept besides', 'Create task']) {
      await page.keyboard.press('Tab');
      await assertFocus(page, name);
    }
  });

  test('the palette is walked by arrows, round its ends, and gives the focus back', async () => {
    const { page, create, row } = at;
    await create('left for a while');
    await page.goto('/ui/tasks?search=left+for');
    await row('left for a while').waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('Control+k');
    const box = page.getByRole('combobox', { name: 'Go anywhere' });
    await box.and(page.locator(':focus')).waitFor();
    await page.locator('[role=listbox][aria-busy=false]').waitFor();
    const options = page.getByRole('dialog').getByRole('option');
    const count = await options.count();
    const isOn = async (index) => {
      const option = options.nth(index);
      assert.equal(await option.getAttribute('aria-selected'), 'true', `${index}`);
      assert.equal(await box.getAttribute('aria-activedescendant'), await option.getAttribute('id'));
      assert.equal(await box.evaluate((one) => one === document.activeElement), true);
    };
    await isOn(0);
    for (const [key, index] of [['ArrowDown', 1], ['ArrowDown', 2], ['ArrowUp', 1], ['ArrowUp', 0], ['ArrowUp', count - 1], ['ArrowDown', 0]]) {
      await page.keyboard.press(key);
      await isOn(index);
    }
    await page.keyboard.press('Escape');
    await box.waitFor({ state: 'detached' });
    await assertFocus(page, 'left for a while');
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
