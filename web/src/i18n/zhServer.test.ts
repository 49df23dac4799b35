// The server's sentences are known in Chinese, by its own sources: one that is changed or new fails here, rather than
// being shown in English.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import en from './en';
import zh from './zh';
import { METRICS, SENTENCES, SETTINGS, TERMS, said } from './zhServer';

const SOURCES = join(__dirname, '../../../src');
// Who speaks to users of the page: all that these say, but for what only an administrator reads at the start. The
// ledger's answers are made in both languages.
const SPEAKERS = /^(cron|task|service|engine|runner|auth)\//;
const OTHERS = /_test\.|fixture|conformance|fake_|explain_|ledger_view|key_ring|secret_key|sealer|totp|runner\/(server|client|cgroup)|audit_log/;
// The routes have much to say to readers of the API alone: of them what they refuse.
const ROUTES = /^http\/(handlers\/|object_reader|router\.|request\.|request_reader\.|parameters\.|connection\.)/;
const REFUSAL = /\b(?:field_error|query_error|make_error|error|refuse|problem|malformed)\((?:[^;"]|"(?:[^"\\]|\\.)*")*;/g;
const LITERAL = /"((?:[^"\\\n]|\\.)*)"/g;
// Said to nobody: rows of files, keys, what ends the program, what goes into a log or an output.
const UNSAID = new Set([
  'HASH EXPIRY_MS', 'UNTIL_MS PASS NEWEST_EXECUTION', 'second factor:', 'Mini Scheduler', 'command to be executed', 'nobody has this', 'new task', 'always ago', 'process tree: WHY',
  'no memory to hash a password (needs ', 'libsodium did not start: no source of random numbers', 'not connected yet', ' bytes of output dropped: over the limit',
  ' bytes left out here: see the log ...]n', 'output not kept: ', ' (and its file could not be mended)', 'the end of the output was not kept: ',
  'n[... a process that it left behind held its output open: not read any further ...]n', "there is no page at '",
]);

const sources = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.(cpp|h)$/.test(name) && (SPEAKERS.test(name) || ROUTES.test(name)) && !OTHERS.test(name))
  .map((name) => ({ name, text: readFileSync(join(SOURCES, name), 'utf8').replace(/(^|\s)\/\/ .*$/gm, '').replace(/"\s*\n\s*"/g, '') }));
const unquoted = (literal: string) => literal.replace(/\\(.)/g, '$1');
const literalsIn = (text: string) => [...text.matchAll(LITERAL)].map((match) => unquoted(match[1]!));
const spoken = sources.flatMap(({ name, text }) =>
  (SPEAKERS.test(name) ? [text] : (text.match(REFUSAL) ?? []))
    .flatMap(literalsIn)
    .filter((literal) => /[a-z']+ [a-z'"]+/i.test(literal) && !UNSAID.has(literal))
    .map((literal) => ({ name, literal })),
);
const allLiterals = new Set(sources.flatMap(({ text }) => literalsIn(text)));
const everything = [...allLiterals].join('\n');
const known = Object.keys(SENTENCES).join('\n');
// The server puts quotes and ranges round what varies in its own functions, so only whole words are compared.
const words = (text: string) => text.replace(/^[^A-Za-z@]+|[^A-Za-z0-9]+$/g, '');

const partsOf = (sentence: string) => sentence.split(/\{\w+\}|: |; /).map(words).filter((part) => /[a-z]+ [a-z]+/.test(part));
// As one literal, or as two that follow each other.
function isSaid(part: string): boolean {
  const halves = [...part.matchAll(/ /g)].map(({ index }) => [part.slice(0, index), part.slice(index + 1)]);
  return everything.includes(part) || halves.some((both) => both.every((half) => everything.includes(half)));
}

describe("the server's sentences", () => {
  it('are found', () => expect(spoken.length).toBeGreaterThan(200));

  it('are all known in Chinese', () => {
    const unknown = spoken.filter(({ literal }) => !known.includes(words(literal)) && said(literal) === literal).map(({ name, literal }) => `${name}: ${literal}`);
    expect(unknown).toEqual([]);
  });

  it('stand in the table once', () => {
    const english = readFileSync(join(__dirname, 'zhServer.json'), 'utf8').match(/^ {6}"(?:[^"\\]|\\.)*"(?=:)/gm) ?? [];
    expect(english.length).toBe(Object.keys(SENTENCES).length + Object.keys(TERMS).length);
  });

  it.each(Object.entries(SENTENCES))('%s is still said', (sentence, chinese) => {
    expect(partsOf(sentence).filter((part) => !isSaid(part))).toEqual([]);
    expect(/[\u4e00-\u9fff]/.test(chinese)).toBe(true);
    const given = new Set([...sentence.matchAll(/\{(\w+)\}/g)].map((match) => match[1]));
    for (const [, name] of chinese.matchAll(/\{(\w+)\}/g)) expect(given).toContain(name);
  });

  it('have fields of the cron expression by the names that are there', () => {
    const fields = ['second', 'minute', 'hour', 'day-of-month', 'month', 'day-of-week', 'year'];
    for (const field of fields) {
      expect(allLiterals).toContain(field);
      expect(TERMS[field]).toBeDefined();
    }
  });

  it('have the words by which the page knows that a role was refused', () => {
    expect(readFileSync(join(SOURCES, 'http/router.cpp'), 'utf8')).toContain(') may not do this');
  });
});

describe('settings', () => {
  // Written from the server's table of keys, and held to it by a test of the server.
  const docs = readFileSync(join(SOURCES, '../docs/configuration.md'), 'utf8');
  const helps = docs.split('\n').filter((line) => line.startsWith('| `')).map((line) => line.split(' | ').at(-1)!.replace(/ \|$/, ''));
  it('have their help in Chinese, each as it is now', () => expect(Object.keys(SETTINGS).sort()).toEqual([...new Set(helps)].sort()));
});

describe('metrics', () => {
  const sources = ['app/node.cpp', 'app/readiness.cpp', 'http/handlers/health_handlers.cpp'].map((name) => readFileSync(join(SOURCES, name), 'utf8')).join('\n');
  const helps = [...sources.matchAll(/writer\.(?:gauge|counter)\(\s*"\w+",\s*"([^"]*)"/g)].map(([, help]) => help);
  it('have their help in Chinese, each as it is now', () => expect(Object.keys(METRICS).sort()).toEqual([...new Set(helps)].sort()));
});

describe('deeds of the audit', () => {
  const all = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(cpp|h)$/.test(name) && !/_test|schema/.test(name))
    .map((name) => readFileSync(join(SOURCES, name), 'utf8'));
  const AUDITED = /(?:\b(?:append_audit|audit|insert|save)\(|\.action = )[^;]*?;/g;
  const actions = all.flatMap((text) => [...text.matchAll(AUDITED)].flatMap(([call]) => literalsIn(call).filter((literal) => /^[a-z_]+\.[a-z_]+$/.test(literal))));
  it('have words', () => {
    expect(actions.length).toBeGreaterThan(25);
    expect([...new Set(actions)].filter((action) => !(`audit.did.${action}` in en))).toEqual([]);
  });
  it('are those that there are', () => {
    const known = Object.keys(en).filter((key) => key.startsWith('audit.did.')).map((key) => key.slice('audit.did.'.length));
    expect(known.filter((action) => !all.some((text) => text.includes(`"${action}"`)))).toEqual([]);
  });
});

describe('pages without JavaScript', () => {
  // {"timeout_s", {"Timeout (s)", "超时（秒）"}} in the server's own tables.
  const text = ['plain_words', 'plain_tasks', 'plain_forms'].map((name) => readFileSync(join(SOURCES, `http/handlers/${name}.cpp`), 'utf8')).join('\n');
  const rows = [...text.matchAll(/\{(?:"|OverlapPolicy::)(\w+)"?, \{"([^"]*)",\s*"([^"]*)"\}\}/g)].map(([, name, english, chinese]) => ({ name: name!, english, chinese }));
  const wordsOf = (messages: Record<string, string>, name: string) => ['field', 'limits', 'form', 'login', 'second', 'overlap', 'status'].map((group) => messages[`${group}.${name}`]).find(Boolean);
  // What the page has no word for, or says with a picture or a sentence; and the schedule, which it also takes in words.
  const OWN = ['cron', 'expect_status', 'ids', 'jitter', 'need', 'node_labels', 'notify', 'on', 'order', 'page', 'page_size', 'policy', 'search', 'sort', 'status', 'tasks', 'to'];
  it('have their labels', () => expect(rows.length).toBeGreaterThan(70));
  it.each(rows.filter(({ name }) => !OWN.includes(name)))('name $name as the page does', ({ name, english, chinese }) =>
    expect([english!.toLowerCase(), chinese]).toEqual([wordsOf(en, name)?.toLowerCase(), wordsOf(zh, name)]));
  it('have words of their own only where the page has none', () => {
    expect(OWN.filter((name) => name !== 'cron' && wordsOf(en, name) !== undefined)).toEqual([]);
    expect(OWN.filter((name) => !rows.some((row) => row.name === name))).toEqual([]);
  });
});

describe('said', () => {
  // The server reads the same ones, for its pages without JavaScript.
  const cases = JSON.parse(readFileSync(join(SOURCES, '../tests/data/server_words.json'), 'utf8')) as [string, string][];
  it.each(cases)('%s', (sentence, chinese) => expect(said(sentence)).toBe(chinese));
});
