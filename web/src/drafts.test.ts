import { beforeEach, describe, expect, it } from 'vitest';
import { dropDraft, forgetDrafts, isOverTheirs, keepDraft, readDraft } from './drafts';
import { DEFAULTS } from './model/definition';

function storage(): Storage {
  const kept = new Map<string, string>();
  return {
    get length() {
      return kept.size;
    },
    key: (place) => [...kept.keys()][place] ?? null,
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
    clear: () => kept.clear(),
  };
}
const ALICE = 1;
const BOB = 12;

describe('drafts', () => {
  beforeEach(() => Object.assign(globalThis, { localStorage: storage(), sessionStorage: storage() }));

  it('come back to whom they belong, and to nobody else', () => {
    keepDraft(ALICE, 'task.new', { fields: { name: 'half', env: { TOKEN: 'x' } } });
    expect(readDraft(ALICE, 'task.new')).toMatchObject({ fields: { name: 'half', env: { TOKEN: 'x' } }, whole: true });
    expect(readDraft(BOB, 'task.new')).toBeNull();
    expect(readDraft(ALICE, 'task.7')).toBeNull();
  });
  it('never put variables and what is sent into what outlives the tab', () => {
    keepDraft(ALICE, 'task.new', {
      fields: { name: 'half', env: { A: 'hidden' }, stdin: 'hidden', http: { method: 'POST', url: 'http://x', headers: { A: 'hidden' }, body: 'hidden', expect_status: [] } },
      was: { name: '', env: { A: 'hidden too' }, stdin: 'hidden' },
      text: { env: 'A hidden' },
    });
    expect(JSON.stringify(Array.from({ length: localStorage.length }, (_, place) => localStorage.getItem(localStorage.key(place)!)))).not.toContain('hidden');
    sessionStorage.clear();
    expect(readDraft(ALICE, 'task.new')).toMatchObject({ fields: { name: 'half' }, was: { name: '' }, whole: false });
    keepDraft(ALICE, 'task.2', { fields: { stdin: 'only this' } });
    sessionStorage.clear();
    expect(readDraft(ALICE, 'task.2')).toBeNull();
  });
  it('are gone when dropped', () => {
    keepDraft(ALICE, 'task.new', { fields: { name: 'a', env: { B: 'c' } }, was: { name: 'b' }, etag: '"1"' });
    dropDraft(ALICE, 'task.new');
    expect([localStorage.length, sessionStorage.length]).toEqual([0, 0]);
  });
  it('know what they were written over', () => {
    keepDraft(ALICE, 'task.3', { fields: { command: 'mine', stdin: 'x' }, was: { command: 'before', stdin: '' }, etag: '"3"' });
    const found = readDraft(ALICE, 'task.3')!;
    expect(found).toMatchObject({ was: { command: 'before', stdin: '' }, etag: '"3"' });
    expect(isOverTheirs(found, { ...DEFAULTS, command: 'before', description: 'theirs' })).toBe(false);
    expect(isOverTheirs(found, { ...DEFAULTS, command: 'theirs' })).toBe(true);
  });
  it('keep a text that is no value yet', () => {
    keepDraft(ALICE, 'task.4', { fields: {}, text: { env: 'no sign' } });
    expect(readDraft(ALICE, 'task.4')).toMatchObject({ fields: {}, text: { env: 'no sign' }, whole: true });
  });
  it('that cannot be read are none', () => {
    localStorage.setItem('draft.1.task.new', 'no json');
    expect(readDraft(ALICE, 'task.new')).toBeNull();
  });
  // The last one: who logged out writes nothing more before the document is left.
  it('are gone at log-out, all of that user and those of older versions, and none comes after it', () => {
    keepDraft(ALICE, 'task.1', { fields: { name: 'a', env: { B: 'c' } } });
    keepDraft(BOB, 'task.1', { fields: { name: 'b' } });
    localStorage.setItem('draft.task.new', '{}');
    localStorage.setItem('theme', 'dark');
    forgetDrafts(ALICE);
    keepDraft(ALICE, 'task.1', { fields: { name: 'just typed' } });
    expect(readDraft(ALICE, 'task.1')).toBeNull();
    expect(readDraft(BOB, 'task.1')).toMatchObject({ fields: { name: 'b' }, whole: true });
    expect(localStorage.getItem('draft.task.new')).toBeNull();
    expect(localStorage.getItem('theme')).toBe('dark');
  });
});
