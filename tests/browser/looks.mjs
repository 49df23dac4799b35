// Every page in both languages and themes and at every width, and what one comes to by a deed at least once at each of
// them: it shows its heading, nothing is complained of, axe finds nothing, nothing runs over the edge, and all of it is
// in the page's language. SHOTS=folder keeps pictures.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { accessibilityFindings, openPage, WCAG } from './harness.mjs';
import { OWN_WORDS, pagesOf, SAMPLES, statesOf } from './looks_pages.mjs';
import { shared } from './shared.mjs';
import { MESSAGES, untranslated } from './untranslated.mjs';

const SIZES = { phone: { width: 360, height: 740 }, tablet: { width: 820, height: 1180 }, desktop: { width: 1440, height: 900 }, '4k': { width: 3840, height: 2160 } };
const [PHONE, DESKTOP] = ['phone', 'desktop'];
// What axe looks at that may differ from one theme to the other.
const OF_COLOURS = ['color-contrast', 'link-in-text-block'];

let server, browser;
const made = {};
describe('looks', () => {
  const SHOTS = process.env.SHOTS;

  before(async () => {
    ({ server, browser } = shared);
    const tasks = [];
    for (const sample of SAMPLES) tasks.push(await server.api('POST', '/tasks', sample));
    await server.api('POST', `/tasks/${tasks[4].id}/pause`);
    const runs = new Map();
    for (const at of [0, 1, 2, 3, 5]) runs.set(at, (await server.api('POST', `/tasks/${tasks[at].id}/run`, {})).execution_id);
    for (const at of [1, 5]) await server.until('it is over', async () => !/PENDING|RUNNING/.test((await server.api('GET', `/executions/${runs.get(at)}`)).status));
    await server.api('PATCH', `/tasks/${tasks[0].id}`, { command: 'echo saved; date' });
    Object.assign(made, { task: tasks[0].id, longTask: tasks[5].id, execution: runs.get(1), longExecution: runs.get(5) });
    if (SHOTS) mkdirSync(SHOTS, { recursive: true });
  });

  const findings = async ({ page, complaints }, name, language, rules, expected) => {
    assert.deepEqual(await accessibilityFindings(page, rules), [], name);
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)) <= 0, `${name} runs over the edge`);
    assert.deepEqual(await untranslated(page, language, OWN_WORDS), [], `${name}: in another language`);
    assert.deepEqual(complaints.filter((text) => !expected?.test(text)), [], name);
  };
  const dress = async (page, size, colorScheme) => {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize(SIZES[size]);
  };
  const isThere = (page) => page.waitForFunction(() => document.querySelector('h1') && !document.querySelector('[aria-busy=true]'));

  for (const language of ['en', 'zh']) {
    // One page for all that are logged in, and one for strangers: a browser that has seen the program's files is
    // quicker with the next. What is kept in it is forgotten in between. A page is shown once and then seen at each
    // width and in each theme, as by somebody who turns his tablet or whose evening comes.
    const opened = {};
    const open = async (strange = false) => {
      const one = (opened[strange] ??= await openPage(browser, server, { language, strange }));
      one.complaints.length = 0;
      return one;
    };
    const look = async (one, key, sizes, expected) => {
      for (const size of sizes) {
        for (const [theme, rules] of [['light'], ['dark', OF_COLOURS]]) {
          await dress(one.page, size, theme);
          const name = `${key}, ${language}, ${theme}, ${size}`;
          await isThere(one.page);
          await findings(one, name, language, rules, expected);
          if (SHOTS) await one.page.screenshot({ path: `${SHOTS}/${name.replaceAll(', ', '-')}.png` });
        }
      }
    };
    const leave = async (page) => {
      await page.unrouteAll({ behavior: 'ignoreErrors' });
      await page.evaluate(() => [localStorage, sessionStorage].forEach((kept) => kept.clear()));
    };

    for (const [index, [key]] of pagesOf(made).entries()) {
      test(`${key}: ${language}`, async () => {
        const [, path, headings, { strange } = {}] = pagesOf(made)[index];
        const one = await open(strange);
        try {
          await one.page.goto(path);
          await one.page.locator('h1').first().filter({ hasText: headings[language] }).waitFor();
          assert.equal(await one.page.evaluate(() => document.documentElement.lang), language === 'zh' ? 'zh-CN' : 'en');
          await look(one, key, Object.keys(SIZES));
        } finally {
          await leave(one.page);
        }
      });
    }
    for (const [index, [key]] of statesOf(made).entries()) {
      // Each width is that of some, and each is seen on a phone in one of the languages.
      const size = [PHONE, [DESKTOP, 'tablet', '4k'][index % 3]][(index + (language === 'zh')) % 2];
      test(`${key}: ${language}, ${size}`, async () => {
        const [, path, deed, { expected, before } = {}] = statesOf(made)[index];
        const one = await open();
        try {
          await dress(one.page, size, 'light');
          await before?.(one.page);
          await one.page.goto(path);
          await isThere(one.page);
          await deed(one.page, MESSAGES[language]);
          await look(one, key, [size], expected);
        } finally {
          await leave(one.page);
        }
      });
    }
    after(() => Promise.all(Object.values(opened).map(({ context }) => context.close())));
  }

  // It is in English, and its parts are another's: what is ours is that it is in the
  // theme, meets WCAG, fits, and breaks no policy.
  for (const colorScheme of ['light', 'dark']) {
    test(`the API page: ${colorScheme}`, async () => {
      const { page, context, complaints } = await openPage(browser, server, { dark: colorScheme === 'dark' });
      try {
        await page.goto('/docs');
        await page.locator('.nav-bar-path').first().waitFor();
        for (const [size, view] of Object.entries(SIZES)) {
          await page.setViewportSize(view);
          assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)) <= 0, `${size} runs over the edge`);
          assert.deepEqual(await accessibilityFindings(page, WCAG), [], size);
        }
        assert.deepEqual(complaints, []);
      } finally {
        await context.close();
      }
    });
  }
  after(() => server.api('POST', '/tasks/bulk/delete', { filter: {} }));
});
