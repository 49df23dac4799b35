import { describe, expect, it } from 'vitest';
import { changedFields, definitionOf } from './definition';
import { fieldsOfTexts, readForm, textOf, unreadTexts } from './formText';

const TASK = definitionOf({
  name: 'a',
  cron: '@daily',
  tags: ['ops', 'db'],
  env: { TEXT: 'one\ntwo', QUOTED: '"x"' },
  success_exit_codes: [0, 3],
  starts_at: '2026-12-01T00:00:30Z',
  ends_at: '2027-11-07T06:30:00.250Z',
  http: { method: 'POST', url: 'http://x', headers: { Accept: 'text/plain' }, body: '', expect_status: [200, 204] },
});

describe('a form as text', () => {
  it('that nobody touched is what it was made from', () => {
    const { written, unread } = readForm(TASK, textOf(TASK));
    expect(changedFields(TASK, written)).toEqual([]);
    expect(unread).toEqual({});
  });
  it('tells and keeps what cannot be read', () => {
    const text = { ...textOf(TASK), env: 'GOOD=1\nFORGOT', headers: 'Accept', codes: '0, x', expect: '200' };
    const read = readForm(TASK, text);
    expect(read.unread).toEqual({
      env: { problem: 'nameless', line: 2, text: 'FORGOT' },
      headers: { problem: 'nameless', line: 1, text: 'Accept' },
      success_exit_codes: { problem: 'number', line: 1, text: 'x' },
    });
    const kept = unreadTexts(read, text);
    expect(kept).toEqual({ env: 'GOOD=1\nFORGOT', headers: 'Accept', codes: '0, x' });
    expect(fieldsOfTexts(kept)).toEqual(['env', 'headers', 'success_exit_codes']);
  });
  it('of a command does not ask for what belongs to a call', () =>
    expect(readForm({ ...TASK, http: null }, { ...textOf(TASK), headers: 'Accept', expect: 'x' }).unread).toEqual({}));
});
