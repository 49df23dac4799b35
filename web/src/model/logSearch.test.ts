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
});
