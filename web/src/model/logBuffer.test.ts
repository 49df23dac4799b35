import { describe, expect, it } from 'vitest';
import { LogBuffer, type Match, type StreamName } from './logBuffer';

function buffer(...pieces: [StreamName, string][]): LogBuffer {
  const log = new LogBuffer();
  pieces.forEach(([stream, text], at) => log.append({ stream, at, text }));
  return log;
}
const lines = (log: LogBuffer) => Array.from({ length: log.count }, (_, line) => `${log.stream(line) === 'stderr' ? '!' : ''}${log.text(line)}`);

describe('lines', () => {
  it.each<[string, [StreamName, string][], string[]]>([
    ['end at their newline', [['stdout', 'a\nb\n']], ['a', 'b']],
    ['come in pieces', [['stdout', 'ab'], ['stdout', 'c\nd']], ['abc', 'd']],
    ['keep blank ones', [['stdout', 'a\n\nb']], ['a', '', 'b']],
    ['of two streams do not run into one another', [['stdout', 'out'], ['stderr', 'err\n'], ['stdout', 'put\n']], ['output', '!err']],
    ['lose a carriage return at their end', [['stdout', 'a\r\n']], ['a']],
    ['show what a progress bar left', [['stdout', '10%\r50%\r100%\n']], ['100%']],
  ])('%s', (_, pieces, expected) => expect(lines(buffer(...pieces))).toEqual(expected));
  it('have the time of their first piece', () => expect(buffer(['stdout', 'a'], ['stdout', 'b\n']).time(0)).toBe(0));
  it('carry their colour on', () => {
    const log = buffer(['stdout', '\u001b[31ma\nb\u001b[0m\nc\n']);
    expect([0, 1, 2].map((line) => log.spans(line)[0]!.className)).toEqual(['fg-red', 'fg-red', '']);
  });
});

describe('the view', () => {
  it('finds lines by rows and rows by lines, wrapped or not', () => {
    const log = buffer(['stdout', `${'x'.repeat(25)}\nshort\n中文中文中文\n`]);
    expect(log.rows).toBe(3);
    log.wrapAt(10);
    expect([0, 1, 2, 3].map((line) => log.top(line))).toEqual([0, 3, 4, 6]);
    expect([0, 2, 3, 4, 5].map((row) => log.lineAt(row))).toEqual([0, 0, 1, 2, 2]);
    log.wrapAt(0);
    expect(log.rows).toBe(3);
  });
  // Whoever looks at each line for each new one is not done within the minute.
  it('takes a million lines', { timeout: 60_000 }, () => {
    const log = new LogBuffer();
    const chunk = 'a line of some length, as logs have them\n'.repeat(1000);
    for (let at = 0; at < 1000; at += 1) log.append({ stream: 'stdout', at, text: chunk });
    expect(log.count).toBe(1_000_000);
  });
});

describe('find', () => {
  const log = buffer(['stdout', 'Error one error\nfine\n\u001b[31mERROR\u001b[0m\n']);
  it('ignores case and colours', () =>
    expect(log.find('error')).toEqual([
      { line: 0, from: 0, to: 5 },
      { line: 0, from: 10, to: 15 },
      { line: 2, from: 0, to: 5 },
    ]));
  it('goes on from a line', () => {
    const found: Match[] = [];
    log.findIn('error', 1, log.count, found);
    expect(found).toHaveLength(1);
  });
  it('is told which lines have changed since', () => {
    const growing = buffer(['stdout', 'a\nerr']);
    growing.takeChanged();
    growing.append({ stream: 'stdout', at: 1, text: 'or\nnew\n' });
    expect(growing.takeChanged()).toBe(1);
    expect(growing.takeChanged()).toBe(Infinity);
  });
  it('finds nothing for nothing', () => expect(log.find('')).toEqual([]));
});
