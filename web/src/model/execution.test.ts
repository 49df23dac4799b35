import { describe, expect, it } from 'vitest';
import type { ExecutionStatus, Run } from '../api/types';
import { bytes, causeOf, exitMeaning, retryOf, shareOfUsual, signalName, signalOf, takesTooLong, usualDuration, whyItEnded } from './execution';

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
  ])('code %s, signal %s: %s', (code, signal, key) => expect(exitMeaning('FAILED', code, signal)).toBe(key));
  it('by the scheduler itself, which knows why', () => {
    expect(exitMeaning('TIMEOUT', null, 15)).toBe('exit.timeout');
    expect(exitMeaning('CANCELLED', 143, null)).toBe('exit.cancelled');
    expect(exitMeaning('CANCELLED', null, null)).toBeNull();
  });
  it('an unknown signal keeps its number', () => expect(signalName(63)).toBe('SIG63'));
});

describe('the cause of an execution', () => {
  it.each([
    ['misfire', 'SUCCESS', 'misfire'],
    ['misfire', 'MISSED', 'missed'],
    ['schedule', 'SUCCESS', 'schedule'],
  ] as const)('%s, %s: %s', (trigger, status, cause) => expect(causeOf({ trigger, status })).toBe(cause));
});

describe('why an execution ended', () => {
  it.each([
    ['exit code 3', 'attempt 3 of 3 failed: exit code 3', 'attempt 3 of 3 failed: exit code 3'],
    ['cancelled', 'cancelled by admin', 'cancelled by admin'],
    ['exit code 3', 'after execution 10', 'exit code 3 · after execution 10'],
    ['exit code 3', null, 'exit code 3'],
    [null, 'by hand', 'by hand'],
    [null, null, ''],
  ])('%s, %s', (error, reason, text) => expect(whyItEnded(error, reason).join(' · ')).toBe(text));
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

describe('the usual duration', () => {
  const run = (id: number, duration_ms: number | null, status: ExecutionStatus = 'SUCCESS'): Run => ({ id, status, started_at: null, duration_ms });
  it('is the median of the other runs that ended well', () =>
    expect(usualDuration([run(1, 900), run(2, 10), run(3, 30), run(4, 20), run(5, 5, 'FAILED'), run(6, null)], 1)).toBe(20));
  it('of 0 ms is known', () => expect(usualDuration([run(1, 0), run(2, 0)], 9)).toBe(0));
  it('is unknown where none ended well', () => expect(usualDuration([run(1, 5, 'LOST')], 9)).toBeNull());
  it.each([
    [60_000, 0, false],
    [60_001, 0, true],
    [179_999, 60_000, false],
    [180_001, 60_000, true],
    [3_600_000, null, false],
  ])('%d ms, usually %s: too long is %s', (lasted, usual, stuck) => expect(takesTooLong(lasted, usual)).toBe(stuck));
  it.each([
    [500, 1000, 0.5],
    [5000, 1000, 1],
    [0, 0, 0],
    [200, 0, 1],
    [200, null, null],
  ])('%d ms, usually %s: its share is %s', (lasted, usual, share) => expect(shareOfUsual(lasted, usual)).toBe(share));
});

describe('the signal that ended it', () => {
  it.each([
    [130, null, 'SIGINT'],
    [139, null, 'SIGSEGV'],
    [137, null, 'SIGKILL'],
    [null, 15, 'SIGTERM'],
    [128, null, null],
    [150, null, null],
    [1, null, null],
    [255, null, null],
  ])('of exit code %j and signal %j is %j', (code, signal, name) => expect(signalOf(code, signal)).toBe(name));
});

describe('what is repeated by hand', () => {
  it.each([
    ['manual', 'retry of execution 9', 9],
    ['manual', '', null],
    ['manual', null, null],
    ['schedule', 'retry of execution 9', null],
  ] as const)('%s, %j', (trigger, reason, id) => expect(retryOf({ trigger, reason })).toBe(id));
});
