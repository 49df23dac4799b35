// The one server and the one browser that the whole suite shares.
import { after, before } from 'node:test';
import { startBrowser, startServer } from './harness.mjs';

export const shared = { server: null, browser: null };
before(async () => {
  shared.server = await startServer();
  shared.browser = await startBrowser();
});
after(async () => {
  await shared.browser?.close();
  await shared.server?.stop();
});
