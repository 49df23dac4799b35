// Several tabs of one browser, which shares six connections to a server among them.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { LONGEST_WAIT_MS } from './harness.mjs';
import { fixture } from './shared.mjs';

const CONNECTIONS = 6;
const UNSEEN_MS = 6000;

async function openTab(context, path) {
  const tab = await context.newPage();
  tab.setDefaultTimeout(LONGEST_WAIT_MS);
  await tab.clock.install();
  await tab.goto(path);
  return tab;
}
const setSeen = (tab, seen) =>
  tab.evaluate((hidden) => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden });
    document.dispatchEvent(new Event('visibilitychange'));
  }, !seen);
async function leave(tab) {
  await setSeen(tab, false);
  await tab.clock.runFor(UNSEEN_MS);
}

describe('tabs', () => {
  const at = fixture();

  test('those that nobody sees leave their connections to the others, and look anew when they are seen', async () => {
    const tabs = [];
    for (let i = 0; i <= CONNECTIONS; i += 1) {
      const tab = await openTab(at.context, '/ui/tasks');
      await tab.locator('.live.live').waitFor();
      await leave(tab);
      tabs.push(tab);
    }
    await at.create('made while nobody looked');
    await setSeen(tabs[0], true);
    await tabs[0].locator('tr[data-id]', { hasText: 'made while nobody looked' }).waitFor();
    await tabs[0].locator('.live.live').waitFor();
  });

  test('an output goes on where it was left', async () => {
    const { context, server, create, run, ended } = at;
    const gate = join(server.folder, 'gate');
    const task = await create('two parts', { command: `echo before; until [ -e '${gate}' ]; do sleep 0.1; done; echo after`, timeout_s: 60 });
    const id = await run(task);
    const tab = await openTab(context, `/ui/executions/${id}`);
    const line = (text) => tab.getByRole('log').locator('.line', { hasText: text });
    await line('before').waitFor();
    await leave(tab);
    writeFileSync(gate, '');
    await ended(id);
    await setSeen(tab, true);
    await line('after').waitFor();
    assert.equal(await line('before').count(), 1);
    assert.equal(await line('after').count(), 1);
  });
});
