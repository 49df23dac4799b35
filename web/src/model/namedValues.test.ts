import { describe, expect, it } from 'vitest';
import { printNamed, readNamed } from './namedValues';

describe('variables as text', () => {
  it.each<Record<string, string>>([
    { A: '1', URL: 'http://x?a=b', EMPTY: '', SPACED: '  x ' },
    { A: 'line1\nline2', B: '2' },
    { KEY: '-----BEGIN-----\nabc=\n\n-----END-----\n' },
    { QUOTED: '"x"', HALF: '"x', BACK: 'C:\\dir\\', BOTH: 'a "b" \\n\nc\\' },
    { INSIDE: 'say "x"', LAST: 'x"' },
    { WINDOWS: 'a\r\nb\rc', ODD: '\\"\n\\\\' },
  ])('%j reads back as it was written', (env) => {
    const text = printNamed(env);
    expect(readNamed(text, env)).toEqual({ values: env, unread: null });
    // As a text box gives it back.
    expect(readNamed(text.replace(/\r\n?/g, '\n'), env).values).toEqual(env);
  });
  it('may have a value of several lines in quotes', () =>
    expect(readNamed('A="one\ntwo"\nB="3"\n\nC=4').values).toEqual({ A: 'one\ntwo', B: '3', C: '4' }));
  it.each([
    ['GOOD=1\nFORGOT the equals', 'nameless', 2, 'FORGOT the equals'],
    ['export X=2', 'nameless', 1, 'export X=2'],
    ['A="1\n2"\n\n# note', 'nameless', 4, '# note'],
    ['A=1\nB=2\nA=3', 'twice', 3, 'A'],
    ['A=1\nB="open\nC=2', 'open', 2, 'B'],
    ['=1', 'nameless', 1, '=1'],
  ])('%j is not taken without a word', (text, problem, line, part) => expect(readNamed(text).unread).toEqual({ problem, line, text: part }));
  it('of which one is wrong keeps the others', () => expect(readNamed('A=1\noops\nB=2').values).toEqual({ A: '1', B: '2' }));
});

describe('headers as text', () => {
  it.each(['Accept: text/plain\nX-Time: 12:30', 'Accept=text/plain\nX-Time =12:30'])('are taken as one writes them: %j', (text) =>
    expect(readNamed(text, {}, ':')).toEqual({ values: { Accept: 'text/plain', 'X-Time': '12:30' }, unread: null }));
  it('read back as they were written', () => {
    const headers = { Accept: 'a=b', Empty: '' };
    expect(readNamed(printNamed(headers, ':'), headers, ':').values).toEqual(headers);
  });
});
