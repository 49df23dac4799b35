// The one server and the one browser that the whole suite shares, and a fresh page for each test.
import { after, afterEach, before, beforeEach } from 'node:test';
import { openPage, startBrowser, startServer } from './harness.mjs';

// Little is kept of an output, so that a test soon has more.
const SETTINGS = { MINI_SCHEDULER_OUTPUT_MAX_BYTES: String(1024 * 1024) };

export const shared = { server: null, browser: null };
before(async () => {
  shared.server = await startServer(SETTINGS);
  shared.browser = await startBrowser();
});
after(async () => {
  await shared.browser?.close();
  await shared.server?.stop();
});

// For a `describe`: what its tests work with, in an object that is filled anew before each of them.
export function fixture() {
  const at = {};
  beforeEach(async () => {
    Object.assign(at, shared, await openPage(shared.browser, shared.server));
  });
  afterEach(async () => {
    // An answer that is on its way through a route has nowhere to go any more.
    await at.page.unrouteAll({ behavior: 'ignoreErrors' });
    await at.context.close();
  });
  at.create = (name, part = {}) => at.server.api('POST', '/tasks', { name, cron: '0 0 1 1 *', command: 'true', ...part });
  at.run = async (task, body = {}) => (await at.server.api('POST', `/tasks/${task.id}/run`, body)).execution_id;
  at.ended = (id) => at.server.until(`${id} is over`, async () => !/PENDING|RUNNING/.test((await at.server.api('GET', `/executions/${id}`)).status));
  at.row = (name) => at.page.locator('tr[data-id]', { hasText: name });
  return at;
}
