// A server of one's own with a browser before it: the real binary on a free port with an empty data folder.
// SCHEDULER_BINARY names another binary, CHROMIUM another browser.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const require = createRequire(join(root, 'web/package.json'));
const { chromium } = require('playwright-core');
const axeSource = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const BINARY = process.env.SCHEDULER_BINARY ?? join(root, 'build/release/mini-scheduler');
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const START_MS = 15_000;
// For what will come; on a busy machine, beside ten thousand connections of another test, it takes its time.
export const LONGEST_WAIT_MS = 30_000;
export const DESKTOP = { width: 1440, height: 900 };
export const PHONE = { width: 360, height: 740 };
export const PASSWORD = process.env.MINI_SCHEDULER_ADMIN_PASSWORD ?? 'admin123';

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

// The runner outlives its server; it is found by the data folder in its command line.
function endProcessesOf(folder) {
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      if (Number(name) !== process.pid && readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(folder)) process.kill(Number(name), 'SIGKILL');
    } catch {
      // Gone meanwhile.
    }
  }
}

// `settings`: variables of its environment.
export async function startServer(settings = {}) {
  if (!existsSync(BINARY)) throw new Error(`there is no ${BINARY}; make build, or name another in SCHEDULER_BINARY`);
  const folder = mkdtempSync(join(tmpdir(), 'scheduler-browser-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  let output = '';
  let child;
  const start = async () => {
    child = spawn(BINARY, ['serve', '--port', String(port), '--data-dir', join(folder, 'data')], { cwd: folder, env: { ...process.env, ...settings }, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => (output += part));
    const until = Date.now() + START_MS;
    for (;;) {
      const ready = await fetch(`${url}/readyz`).then((response) => response.ok, () => false);
      if (ready) return;
      if (child.exitCode !== null || Date.now() > until) throw new Error(`the server did not start:\n${output}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const end = async () => {
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await gone;
  };
  await start();
  const login = await fetch(`${url}/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'admin', password: PASSWORD }),
  });
  const { access_token: token } = await login.json();
  const api = async (method, path, body) => {
    const response = await fetch(url + path, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text ? JSON.parse(text) : null;
  };
  // Waits until `ask` gives something true; polling, since it is the server's state that is waited for.
  const until = async (what, ask, milliseconds = LONGEST_WAIT_MS) => {
    const end = Date.now() + milliseconds;
    for (;;) {
      const answer = await ask();
      if (answer) return answer;
      if (Date.now() > end) throw new Error(`waited in vain: ${what}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  return {
    url,
    folder,
    api,
    until,
    output: () => output,
    end,
    start,
    // It stands still, and its connections with it: nobody is told.
    freeze: () => child.kill('SIGSTOP'),
    thaw: () => child.kill('SIGCONT'),
    stop: async () => {
      if (child.exitCode === null) await end();
      endProcessesOf(folder);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

// `scrollbars`: with such as take room, as most desktops have.
export async function startBrowser({ scrollbars = false } = {}) {
  if (!existsSync(CHROMIUM)) throw new Error(`there is no ${CHROMIUM}; apt-get install chromium, or name another in CHROMIUM`);
  return chromium.launch({
    executablePath: CHROMIUM,
    ignoreDefaultArgs: scrollbars ? ['--hide-scrollbars'] : [],
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
}

// One log-in for all pages of a server: the password's hash is meant to be slow.
const cookies = new Map();
async function cookiesOf(browser, server) {
  const context = await browser.newContext({ baseURL: server.url });
  const answer = await context.request.post('/auth/login', { data: { username: 'admin', password: PASSWORD } });
  if (!answer.ok()) throw new Error(`log-in: ${answer.status()} ${await answer.text()}`);
  const state = await context.storageState();
  await context.close();
  return state;
}

// A page in a context of its own, logged in unless `strange`. What the console complains of (a breach of the
// content security policy among it) is gathered in `complaints`.
export async function openPage(browser, server, { language = 'en', dark = false, phone = false, strange = false, javaScriptEnabled = true, timezoneId } = {}) {
  if (!strange && !cookies.has(server.url)) cookies.set(server.url, await cookiesOf(browser, server));
  const context = await browser.newContext({
    baseURL: server.url,
    storageState: strange ? undefined : cookies.get(server.url),
    javaScriptEnabled,
    timezoneId,
    viewport: phone ? PHONE : DESKTOP,
    hasTouch: phone,
    colorScheme: dark ? 'dark' : 'light',
    locale: language === 'zh' ? 'zh-CN' : 'en-GB',
  });
  const page = await context.newPage();
  page.setDefaultTimeout(LONGEST_WAIT_MS);
  const complaints = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  return { page, context, complaints };
}

// The server's answers are dated that much later, now or by a function: what time it is, a page learns from them.
export async function answeredLater(page, by) {
  const byMs = typeof by === 'function' ? by : () => by;
  await page.route(/\/(tasks|executions|auth|api)\b/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, headers: { ...response.headers(), date: new Date(Date.now() + byMs()).toUTCString() } });
  });
}

export const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
// What axe finds against WCAG 2.2 AA and good practice, a line each.
export async function accessibilityFindings(page, rules = [...WCAG, 'best-practice']) {
  // Run from outside of the page's policy: evaluate is not bound by it.
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axeSource);
  return page.evaluate(async (runOnly) => {
    const { violations } = await window.axe.run(document, { runOnly, resultTypes: ['violations'] });
    return violations.map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 200)}`);
  }, rules);
}
