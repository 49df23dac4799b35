import { describe, expect, it } from 'vitest';
import { shellTokens } from './shellTokens';

const kinds = (command: string) => shellTokens(command).filter(({ kind }) => kind !== 'text').map(({ kind, text }) => `${kind}:${text}`);

describe('shell colours', () => {
  it.each([
    ['echo "a $b" # note', ['string:"a $b"', 'comment:# note']],
    ["tar -czf x.tgz 'my dir' && echo $HOME", ['option:-czf', "string:'my dir'", 'operator:&&', 'variable:$HOME']],
    ['for f in *; do x; done', ['keyword:for', 'keyword:in', 'operator:;', 'keyword:do', 'operator:;', 'keyword:done']],
    ['a#b', []],
    ['echo "open', ['string:"open']],
  ])('%s', (command, expected) => expect(kinds(command)).toEqual(expected));
  it('loses nothing', () => {
    const command = 'x=${y:-1}; [ "$x" ] || exec z >/dev/null 2>&1 # end\n"unfinished';
    expect(shellTokens(command).map(({ text }) => text).join('')).toBe(command);
  });
});
