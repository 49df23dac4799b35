import { describe, expect, it } from 'vitest';
import { folded, lineDiff } from './lineDiff';

const short = (before: string, after: string) => lineDiff(before, after).map(({ kind, text }) => `${{ same: ' ', gone: '-', came: '+' }[kind]}${text}`);

describe('a diff of lines', () => {
  it.each([
    ['a\nb', 'a\nb', [' a', ' b']],
    ['a\nb\nc', 'a\nx\nc', [' a', '-b', '+x', ' c']],
    ['a', 'a\nb', [' a', '+b']],
    ['a\nb\na', 'b\na\nb', ['-a', ' b', ' a', '+b']],
  ])('%j to %j', (before, after, lines) => expect(short(before, after)).toEqual(lines));

  const numbered = (count: number, change: (line: number) => string = String) => Array.from({ length: count }, (_, line) => change(line)).join('\n');
  it('finds what differs in the first of many lines', () =>
    expect(short(numbered(2001), numbered(2001, (line) => (line === 0 ? 'x' : String(line)))).filter((line) => line[0] !== ' ')).toEqual(['-0', '+x']));
  it('finds what differs far apart in more lines than can be compared pair by pair', () => {
    const changed = numbered(50_000, (line) => (line % 20_000 === 7 ? `x${line}` : String(line)));
    expect(short(numbered(50_000), changed).filter((line) => line[0] !== ' ')).toEqual(['-7', '+x7', '-20007', '+x20007', '-40007', '+x40007']);
  });
  it('has every line of both, however different they are', () => {
    const lines = lineDiff(numbered(5000, (line) => `a${line}`), numbered(4000, (line) => `b${line}`));
    expect(lines.filter(({ kind }) => kind === 'gone')).toHaveLength(5000);
    expect(lines.filter(({ kind }) => kind === 'came')).toHaveLength(4000);
  });
  it('is folded where nothing changed', () => {
    const shown = (before: string, after: string) => folded(lineDiff(before, after), 2).map((row) => (row.kind === 'fold' ? row.count : row.text));
    expect(shown(numbered(20), numbered(20, (line) => (line === 9 ? 'x' : String(line))))).toEqual([7, '7', '8', '9', 'x', '10', '11', 8]);
    expect(shown(numbered(6), numbered(6, (line) => (line === 3 ? 'x' : String(line))))).toEqual(['0', '1', '2', '3', 'x', '4', '5']);
    expect(shown('a\nb', 'a\nb')).toEqual([2]);
  });
});
