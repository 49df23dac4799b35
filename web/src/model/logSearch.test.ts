import { describe, expect, it } from 'vitest';
import { LogBuffer } from './logBuffer';
import { LogSearch } from './logSearch';

function looked(search: LogSearch, words: string, log: LogBuffer): Promise<void> {
  return new Promise((resolve) => {
    const known = search as unknown as { onfound: () => void };
    known.onfound = () => search.done && resolve();
    search.look(words, log);
  });
}

describe('a search through a log', () => {
  it('finds all of it, and what comes after, and what a line becomes', async () => {
    const log = new LogBuffer();
    log.append({ stream: 'stdout', at: 0, text: `${'nothing\n'.repeat(10_000)}an error\nerr` });
    const search = new LogSearch(log, () => {});
    await looked(search, 'error', log);
    expect(search.found.map(({ line }) => line)).toEqual([10_000]);
    log.append({ stream: 'stdout', at: 0, text: 'or\nlast error\n' });
    await looked(search, 'error', log);
    expect(search.found.map(({ line }) => line)).toEqual([10_000, 10_001, 10_002]);
    await looked(search, 'nothing', log);
    expect(search.found.length).toBe(10_000);
  });
  it('knows the first match from a line on, and goes round once all is looked through', async () => {
    const log = new LogBuffer();
    log.append({ stream: 'stdout', at: 0, text: `${'nothing\n'.repeat(9)}hit\n${'nothing\n'.repeat(90_000)}hit hit\nend\n` });
    const search = new LogSearch(log, () => {});
    expect(search.firstFrom(0)).toBe(null);
    await looked(search, 'hit', log);
    expect([0, 9, 10, 90_010, 90_011].map((line) => search.firstFrom(line))).toEqual([0, 0, 1, 1, 0]);
    await looked(search, 'miss', log);
    expect(search.firstFrom(0)).toBe(null);
  });
});
