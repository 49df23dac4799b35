// What the overview says needs somebody, and the deed beside each that mends it.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { answeredLater } from './harness.mjs';
import { fixture } from './shared.mjs';

const DAY_MS = 86_400_000;

describe('attention', () => {
  const at = fixture();
  const line = (kind, name) => at.page.locator('.needs li', { hasText: name }).filter({ has: at.page.locator('.kind', { hasText: kind }) });
  // So that what takes long has taken long.
  const later = (byMs) => answeredLater(at.page, byMs);

  test('a task that never ran is named, and run', async () => {
    const { page, server, create } = at;
    // The server is away when its one fire of the day is due, and does not make it up.
    const soon = new Date(Date.now() + 3000);
    const cron = `${soon.getUTCSeconds()} ${soon.getUTCMinutes()} ${soon.getUTCHours()} * * *`;
    const task = await create('never seen', { cron, timezone: 'UTC', misfire: { policy: 'skip' } });
    await create('to come');
    await server.end();
    await server.until('its time has passed', () => Date.now() > soon.getTime() + 1000);
    await server.start();
    await later(2 * DAY_MS);
    await page.goto('/ui/overview');
    await line('Never ran', 'never seen').getByText('a fire was due, and nothing ran').waitFor();
    assert.equal(await page.locator('.needs li', { hasText: 'to come' }).count(), 0, 'its first fire is still to come');
    await line('Never ran', 'never seen').getByRole('button', { name: 'Run now' }).click();
    await line('Never ran', 'never seen').waitFor({ state: 'detached' });
    await server.until('it ran', async () => (await server.api('GET', `/tasks/${task.id}/executions?trigger=manual`)).items.length === 1);
  });

  test('one whose time has passed is late, and run', async () => {
    const { page, server, create } = at;
    const soon = new Date(Date.now() + 2 * 3_600_000);
    const task = await create('overdue', { cron: `${soon.getUTCMinutes()} ${soon.getUTCHours()} * * *` });
    await later(2 * 3_600_000 + 90_000);
    await page.goto('/ui/overview');
    await line('Late', 'overdue').getByRole('button', { name: 'Run now' }).click();
    await server.until('it ran', async () => (await server.api('GET', `/tasks/${task.id}/executions`)).items.length === 1);
  });

  test('one that waits out its jitter is not late', async () => {
    const { page, server, create } = at;
    const soon = new Date(Date.now() + 2 * 3_600_000);
    const cron = `${soon.getUTCMinutes()} ${soon.getUTCHours()} * * *`;
    let task;
    // The name says how long it waits.
    for (let number = 1; !task || Date.parse(task.next_due_at) - Date.parse(task.next_run_at) < 600_000; number += 1) {
      if (task) await server.api('DELETE', `/tasks/${task.id}`);
      task = await create(`spread ${number}`, { cron, jitter_s: 86_400 });
    }
    await later(2 * 3_600_000 + 90_000);
    await page.goto('/ui/overview');
    await page.locator('.columns a.name', { hasText: task.name }).waitFor();
    assert.equal(await page.locator('.needs li', { hasText: task.name }).count(), 0);
    await server.api('DELETE', `/tasks/${task.id}`);
  });

  test('a run that takes far longer than usual is stuck, and cancelled after asking', async () => {
    const { page, server, create, run, ended } = at;
    const task = await create('hanging', { command: '[ -z "$HANG" ] || exec sleep 600', timeout_s: 0 });
    await ended(await run(task));
    const id = await run(task, { env: { HANG: '1' } });
    await server.until('it runs', async () => (await server.api('GET', `/executions/${id}`)).status === 'RUNNING');
    await later(3_600_000);
    await page.goto('/ui/overview');
    // Far beyond what is usual, its bar is full; without the usual there would be nothing to fill.
    await page.waitForFunction(() => [...document.querySelectorAll('.columns li')].find((line) => line.textContent.includes('hanging'))?.querySelector('progress')?.value === 1);
    await line('Stuck', 'hanging').getByRole('button', { name: 'Cancel run' }).click();
    // "Cancel" beside "Cancel run" would say the contrary of what it does.
    assert.deepEqual(await page.getByRole('dialog').locator('footer button').allInnerTexts(), ['Keep running', 'Cancel run']);
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel run' }).click();
    await server.until('it is cancelled', async () => (await server.api('GET', `/executions/${id}`)).status === 'CANCELLED');
  });

  test('a clock of the reader that is ahead makes nothing late or stuck', async () => {
    const { page, server, create, run, ended } = at;
    await create('every minute', { cron: '* * * * *' });
    const task = await create('brisk', { command: '[ -z "$HANG" ] || exec sleep 600', timeout_s: 0 });
    await ended(await run(task));
    const id = await run(task, { env: { HANG: '1' } });
    await page.clock.install({ time: new Date(Date.now() + 5 * 60_000) });
    await page.goto('/ui/overview');
    await page.locator('.columns a.name', { hasText: 'every minute' }).waitFor();
    await page.waitForFunction(() => [...document.querySelectorAll('.columns li')].find((line) => line.textContent.includes('brisk'))?.querySelector('progress')?.value === 1);
    assert.equal(await page.locator('.needs li', { hasText: /every minute|brisk/ }).count(), 0);
    await server.api('POST', `/executions/${id}/cancel`);
    await server.api('POST', '/tasks/bulk/delete', { filter: {} });
  });

  test('one that was paused after it had failed is named, and resumed', async () => {
    const { page, server, create, run, ended } = at;
    const task = await create('given up', { command: 'exit 5' });
    const failed = await run(task);
    await ended(failed);
    await server.api('POST', `/tasks/${task.id}/pause`);
    // However many are paused that ran since, and well.
    for (let number = 1; number <= 8; number += 1) {
      const well = await create(`resting ${number}`);
      await ended(await run(well));
      await server.api('POST', `/tasks/${well.id}/pause`);
    }
    await page.goto('/ui/overview');
    const given = line('Paused', 'given up');
    await given.locator(`a.name[href="/ui/executions/${failed}"]`).waitFor();
    assert.equal(await given.getByRole('link', { name: 'task given up' }).getAttribute('href'), `/ui/tasks/${task.id}`);
    assert.equal(await page.locator('.needs li', { hasText: 'resting' }).count(), 0);
    await page.goto('/ui/tasks?attention=paused');
    await at.row('given up').waitFor();
    assert.equal(await page.locator('tr[data-id]').count(), 1);
    await page.goto('/ui/overview');
    await line('Paused', 'given up').getByRole('button', { name: 'Resume' }).click();
    await server.until('it is on again', async () => (await server.api('GET', `/tasks/${task.id}`)).status !== 'PAUSED');
    await server.api('DELETE', `/tasks/${task.id}`);
  });

  test('what comes later to a line takes no focus from it', async () => {
    const { page, server, create, run, ended } = at;
    const task = await create('in hand', { command: 'exit 3' });
    const id = await run(task);
    await ended(id);
    let answer;
    const held = new Promise((resolve) => (answer = resolve));
    await page.route('**/api/recent?*', async (route) => {
      await held;
      await route.continue();
    });
    await page.goto('/ui/overview');
    const again = line('Failed', 'in hand').getByRole('button', { name: 'Run again' });
    await again.focus();
    assert.equal(await line('Failed', 'in hand').locator('a').count(), 2, 'nothing comes between later');
    answer();
    await line('Failed', 'in hand').locator(`a.name[href="/ui/executions/${id}"]`).waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Run again');
    assert.equal(await line('Failed', 'in hand').locator('a').count(), 2);
    await server.api('DELETE', `/tasks/${task.id}`);
  });

  test('a phone tells the reason below the name', async () => {
    const { page, server, create, run, ended } = at;
    const task = await create('broken on the way', { command: 'exit 3' });
    await ended(await run(task));
    for (const width of [360, 390]) {
      await page.setViewportSize({ width, height: 740 });
      await page.goto('/ui/overview');
      const one = line('Failed', 'broken on the way');
      const reason = one.getByText('exit code 3');
      await reason.waitFor();
      await one.locator('.at time').waitFor();
      const [name, button, text] = [await one.locator('a.name').boundingBox(), await one.getByRole('button').boundingBox(), await reason.boundingBox()];
      assert.ok(name.y < button.y + button.height && button.y < name.y + name.height, `${width}: the button stands beside the name`);
      assert.ok(text.y >= name.y + name.height, `${width}: the reason stands below it`);
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width);
    }
    await server.api('DELETE', `/tasks/${task.id}`);
  });

  test('why a fire did not run is answered for any past time', async () => {
    const { page, create } = at;
    const task = await create('asked about', { cron: '0 * * * *' });
    await page.goto(`/ui/tasks/${task.id}`);
    await page.getByRole('tab', { name: 'Why' }).click();
    await page.locator('input[type=datetime-local]').fill('2020-01-01T10:00:01');
    await page.getByRole('button', { name: 'Ask', exact: true }).click();
    await page.getByText(/did not exist yet/).waitFor();
    assert.deepEqual(at.complaints, []);
  });

  test('a revision is compared and brought back', async () => {
    const { page, server, create } = at;
    const task = await create('versioned', { command: 'echo one' });
    await server.api('PATCH', `/tasks/${task.id}`, { command: 'echo two' });
    await page.goto(`/ui/tasks/${task.id}`);
    await page.getByRole('tab', { name: 'Revisions' }).click();
    const panel = page.getByRole('tabpanel');
    await panel.locator('summary', { hasText: 'Revision 2' }).click();
    await panel.getByText('echo one').first().waitFor();
    await panel.getByText('echo two').first().waitFor();
    await panel.locator('summary', { hasText: 'Revision 1' }).click();
    await panel.getByRole('button', { name: 'Restore' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Restore' }).click();
    await server.until('it is back', async () => (await server.api('GET', `/tasks/${task.id}`)).command === 'echo one');
  });
});
