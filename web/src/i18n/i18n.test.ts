// Nothing on the page is left untranslated: both languages have the same keys and values to fill in, each key
// that the sources name exists, each that exists is named, and no markup carries words of its own.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'svelte/compiler';
import { describe, expect, it } from 'vitest';
import en from './en';
import { fill } from './fill';
import zh from './zh';

const SRC = join(__dirname, '..');
const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((name) => /\.(svelte|ts)$/.test(name));
const sources = files
  .filter((name) => !name.endsWith('.test.ts') && !/i18n\/(en|zh)\.ts$/.test(name))
  .map((name) => ({ name, text: readFileSync(join(SRC, name), 'utf8') }));
const placeholders = (text: string) => [...new Set([...text.matchAll(/\{(\w+)/g)].map((match) => match[1]))].sort();
// Spelt the same in both languages.
const SAME = new Set<string>(['problem.field']);

describe('translations', () => {
  it('have the same keys', () => expect(Object.keys(zh).sort()).toEqual(Object.keys(en).sort()));

  it.each(Object.entries(en))('%s is translated', (key, english) => {
    const chinese = (zh as Record<string, string>)[key] ?? '';
    expect(chinese.trim()).not.toBe('');
    expect(placeholders(chinese)).toEqual(placeholders(english));
    // A word inside a choice cannot be filled in.
    for (const text of [english, chinese]) expect(text).not.toMatch(/\{[^}]*\{/);
    if (!SAME.has(key)) expect(/[\u4e00-\u9fff]/.test(chinese)).toBe(true);
  });

  it('exist for every key that the sources name', () => {
    const missing = sources.flatMap(({ name, text }) =>
      [...text.matchAll(/\bt\(\s*'([^']+)'/g)].filter(([, key]) => !(key! in en)).map(([, key]) => `${name}: ${key}`),
    );
    expect(missing).toEqual([]);
  });

  it('are all used', () => {
    const all = sources.map(({ text }) => text).join('\n');
    const prefixes = [...all.matchAll(/[`']([a-z_.]+[._])\$\{/g)].map((match) => match[1]!);
    const unused = Object.keys(en).filter(
      (key) => !all.includes(`'${key}'`) && !prefixes.some((prefix) => key.startsWith(prefix)),
    );
    expect(unused).toEqual([]);
  });
});

describe('markup', () => {
  const WORD = /[A-Za-z\u4e00-\u9fff]{2,}/;
  const SPOKEN = new Set(['title', 'aria-label', 'placeholder', 'alt', 'label']);
  const ALLOWED = new Set(['Mini Scheduler', '· Mini Scheduler', '/metrics', 'https://example.com/hook']);

  function words(node: unknown, found: string[]): string[] {
    if (Array.isArray(node)) node.forEach((part) => words(part, found));
    else if (node && typeof node === 'object') {
      const { type, name, value, data } = node as { type?: string; name?: string; value?: unknown; data?: string };
      if (type === 'StyleDirective') return found;
      if (type === 'Attribute') {
        const parts = Array.isArray(value) ? (value as { type: string; data: string }[]) : [];
        if (SPOKEN.has(name ?? '')) {
          for (const part of parts) {
            if (part.type === 'Text' && WORD.test(part.data) && !ALLOWED.has(part.data.trim())) found.push(part.data.trim());
          }
        }
        return found;
      }
      if (type === 'Text' && data && WORD.test(data) && !ALLOWED.has(data.trim())) found.push(data.trim());
      for (const [key, part] of Object.entries(node)) if (key !== 'css' && key !== 'instance' && key !== 'module') words(part, found);
    }
    return found;
  }

  it.each(sources.filter(({ name }) => name.endsWith('.svelte')))('$name has no words of its own', ({ text }) => {
    expect(words(parse(text, { modern: true }).fragment, [])).toEqual([]);
  });
});

describe('fill', () => {
  it.each([
    ['{a} of {b}', { a: 1, b: 2 }, '1 of 2'],
    ['{n} {n|task|tasks}', { n: 1 }, '1 task'],
    ['{n} {n|task|tasks}', { n: 3 }, '3 tasks'],
    ['{n|| more}', { n: 1 }, ''],
    ['{unknown}', { n: 1 }, '{unknown}'],
    ['{count} {count|run|runs} of {total}', { count: 60033, total: 1234567 }, '60,033 runs of 1,234,567'],
    ['{total} at {id}, line {line}: {count}', { total: 999, id: 60033, line: 12345, count: '2026' }, '999 at 60033, line 12345: 2026'],
  ])('%s with %j is "%s"', (text, params, result) => expect(fill(text, params as Record<string, string | number>)).toBe(result));
});
