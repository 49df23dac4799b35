import { describe, expect, it } from 'vitest';
import { ansiSpans, withoutAnsi } from './ansi';

const shown = (line: string) => ansiSpans(line).spans.map(({ text, className }) => `${className}|${text}`);

describe('ANSI colours', () => {
  it.each([
    ['plain', ['|plain']],
    ['\u001b[31mred\u001b[0m end', ['fg-red|red', '| end']],
    ['\u001b[1;92mok\u001b[m', ['fg-bright-green bold|ok']],
    ['\u001b[38;5;196mx', ['fg-red|x']],
    ['\u001b[38;2;10;200;10mx', ['fg-green|x']],
    ['\u001b[48;5;4m x', ['bg-blue| x']],
    ['\u001b[38;5;208mx', ['fg-orange|x']],
    ['\u001b[38;2;255;140;0mx', ['fg-orange|x']],
    ['\u001b[38;2;128;128;128mx', ['fg-bright-black|x']],
    ['\u001b[48;5;236mx', ['bg-black|x']],
    ['\u001b[48;5;17mx', ['bg-blue|x']],
    ['\u001b[48;5;255mx', ['bg-bright-white|x']],
    ['\u001b[7mx\u001b[27my', ['fg-inverse bg-inverse|x', '|y']],
    ['\u001b[31;7mx', ['fg-inverse bg-red|x']],
    ['\u001b[31;42;7mx', ['fg-green bg-red|x']],
    ['\u001b[9mx\u001b[29my', ['strike|x', '|y']],
    ['\u001b[4;9mx', ['underline strike|x']],
    ['a\u001b[2Kb\u001b]0;title\u0007c', ['|a', '|b', '|c']],
    ['bell\u0007', ['|bell']],
    ['\u001b[', ['|\u001b[']],
  ])('%j', (line, spans) => expect(shown(line)).toEqual(spans));
  it('a colour goes on in the next line', () => {
    const { end } = ansiSpans('\u001b[33mstart');
    expect(ansiSpans('rest', end).spans[0]!.className).toBe('fg-yellow');
  });
  it('can be taken away', () => expect(withoutAnsi('\u001b[31mred\u001b[0m')).toBe('red'));
});
