// Pages whose code cannot be had when one goes to them.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fixture } from './shared.mjs';

describe('loading', () => {
  const at = fixture();
  const TIMELINE = '**/Timeline-*.js';
  const failure = () => at.page.getByRole('heading', { name: 'This page could not be loaded' });
  const goToTimeline = () => at.page.getByRole('link', { name: 'Timeline' }).click();
  const timeline = () => at.page.getByRole('heading', { name: 'Timeline', exact: true });
  // Answers as a server of a newer version does, which has other files.
  const gone = (route) => route.fulfill({ status: 404, body: 'Not found' });
  function documents() {
    const seen = [];
    at.page.on('request', (request) => request.isNavigationRequest() && seen.push(new URL(request.url()).pathname));
    return seen;
  }

  test('a page that the server does not give is said to be missing, and comes when the server is back', async () => {
    const { page, server } = at;
    await page.goto('/ui/tasks');
    await page.getByText('Live', { exact: true }).waitFor();
    await server.end();
    try {
      await goToTimeline();
      await failure().waitFor();
      await page.getByRole('main').getByText('The server cannot be reached.').waitFor();
      assert.equal(new URL(page.url()).pathname, '/ui/timeline');
      assert.equal(await page.getByRole('heading', { name: 'Tasks', exact: true }).count(), 0);
      await page.getByRole('button', { name: 'Try again' }).click();
      await failure().waitFor();
      // What was here before is still at hand.
      await page.goBack();
      await page.getByRole('heading', { name: 'Tasks', exact: true }).waitFor();
      await page.goForward();
      await failure().waitFor();
    } finally {
      await server.start();
    }
    await timeline().waitFor();
    assert.equal(new URL(page.url()).pathname, '/ui/timeline');
  });

  test('a page of a newer version is brought by loading the program anew', async () => {
    const { page } = at;
    await page.goto('/ui/tasks');
    const seen = documents();
    await page.route(TIMELINE, gone, { times: 1 });
    await goToTimeline();
    await timeline().waitFor();
    assert.deepEqual(seen, ['/ui/timeline']);
  });

  test('a page that is never given is asked for once more and then said to be missing', async () => {
    const { page } = at;
    await page.goto('/ui/tasks');
    const seen = documents();
    await page.route(TIMELINE, gone);
    await goToTimeline();
    await failure().waitFor();
    await page.getByText('The server answers, but not with this page.').waitFor();
    assert.deepEqual(seen, ['/ui/timeline']);
    await page.unroute(TIMELINE);
    await page.getByRole('button', { name: 'Try again' }).click();
    await timeline().waitFor();
  });
});
