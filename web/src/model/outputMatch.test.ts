import { describe, expect, it } from 'vitest';
import { matchParts } from './outputMatch';

describe('a line in which words were found', () => {
  it.each([
    ['no Disk left', 'dISK', ['no ', 'Disk', ' left']],
    ['disk', 'disk', ['', 'disk', '']],
    ['İ磁盘 full', '磁盘', ['İ', '磁盘', ' full']],
    ['\u001b[31mERROR\u001b[0m: disk', 'error', ['', 'ERROR', ': disk']],
    ['a.c abc', 'A.C', ['', 'a.c', ' abc']],
    ['Ärger', 'ärger', ['Ärger', '', '']],
    ['disk', '', ['disk', '', '']],
  ])('%j with %j', (line, words, parts) => expect(matchParts(line, words)).toEqual(parts));
});
