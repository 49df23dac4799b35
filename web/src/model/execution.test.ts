import { describe, expect, it } from 'vitest';
import { bytes, exitMeaning, signalName } from './execution';

describe('an exit is explained', () => {
  it.each([
    [0, null, 'exit.ok'],
    [1, null, 'exit.general'],
    [127, null, 'exit.not_found'],
    [137, null, 'exit.killed'],
    [null, 9, 'exit.killed'],
    [null, 'SIGTERM', 'exit.terminated'],
    [139, null, 'exit.crashed'],
    [null, 13, 'exit.signal'],
    [42, null, 'exit.other'],
    [255, null, 'exit.other'],
    [null, null, null],
    [3, 0, 'exit.other'],
  ])('code %s, signal %s: %s', (code, signal, key) => expect(exitMeaning(code, signal)).toBe(key));
  it('an unknown signal keeps its number', () => expect(signalName(63)).toBe('SIG63'));
});

describe('bytes', () => {
  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1.0 KiB'],
    [150 * 1024, '150 KiB'],
    [10 << 20, '10.0 MiB'],
  ])('%d is %s', (count, text) => expect(bytes(count)).toBe(text));
});
