import { describe, expect, it } from 'vitest';
import { lineDiff } from './lineDiff';

const short = (before: string, after: string) => lineDiff(before, after).map(({ kind, text }) => `${{ same: ' ', gone: '-', came: '+' }[kind]}${text}`);

describe('a diff of lines', () => {
  it.each([
    ['a\nb', 'a\nb', [' a', ' b']],
    ['a\nb\nc', 'a\nx\nc', [' a', '-b', '+x', ' c']],
    ['a', 'a\nb', [' a', '+b']],
    ['a\nb\na', 'b\na\nb', ['-a', ' b', ' a', '+b']],
  ])('%j to %j', (before, after, lines) => expect(short(before, after)).toEqual(lines));
});
