import { beforeEach, describe, expect, it } from 'vitest';
import { dropDraft, forgetDrafts, keepDraft, readDraft } from './drafts';

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
    keepDraft(ALICE, 'task.new', { name: 'half', env: { TOKEN: 'x' } });
    expect(readDraft(ALICE, 'task.new')).toEqual({ draft: { name: 'half', env: { TOKEN: 'x' } }, whole: true });
    expect(readDraft(BOB, 'task.new')).toBeNull();
    expect(readDraft(ALICE, 'task.7')).toBeNull();
  });
  it('never put variables and what is sent into what outlives the tab', () => {
    keepDraft(ALICE, 'task.new', { name: 'half', env: { A: 'hidden' }, stdin: 'hidden', http: { method: 'POST', url: 'http://x', headers: { A: 'hidden' }, body: 'hidden', expect_status: [] } });
    expect(JSON.stringify(Array.from({ length: localStorage.length }, (_, place) => localStorage.getItem(localStorage.key(place)!)))).not.toContain('hidden');
    sessionStorage.clear();
    expect(readDraft(ALICE, 'task.new')).toEqual({ draft: { name: 'half' }, whole: false });
    keepDraft(ALICE, 'task.2', { stdin: 'only this' });
    sessionStorage.clear();
    expect(readDraft(ALICE, 'task.2')).toBeNull();
  });
  it('are gone when dropped, and at log-out all of that user and those of older versions', () => {
    keepDraft(ALICE, 'task.new', { name: 'a', env: { B: 'c' } });
    dropDraft(ALICE, 'task.new');
    expect([localStorage.length, sessionStorage.length]).toEqual([0, 0]);
    keepDraft(ALICE, 'task.1', { name: 'a', env: { B: 'c' } });
    keepDraft(BOB, 'task.1', { name: 'b' });
    localStorage.setItem('draft.task.new', '{}');
    localStorage.setItem('theme', 'dark');
    forgetDrafts(ALICE);
    expect(readDraft(ALICE, 'task.1')).toBeNull();
    expect(readDraft(BOB, 'task.1')).toEqual({ draft: { name: 'b' }, whole: true });
    expect(localStorage.getItem('draft.task.new')).toBeNull();
    expect(localStorage.getItem('theme')).toBe('dark');
  });
  it('that cannot be read are none', () => {
    localStorage.setItem('draft.1.task.new', 'no json');
    expect(readDraft(ALICE, 'task.new')).toBeNull();
  });
});
