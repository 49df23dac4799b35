import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { isLate, isStuck } from '../model/attention';
import { CLOCK_DOUBT_MS, ServerClock } from './serverTime';

const SERVER = Date.parse('2026-03-01T12:00:00.700Z');
const MINUTE_MS = 60_000;

let clock: ServerClock;
// An answer that took 80 ms, half of it each way.
function answer(server: number, skew: number) {
  clock.learn(new Date(server).toUTCString(), server + skew - 40, server + skew + 40);
}

describe("the server's time", () => {
  beforeEach(() => {
    clock = new ServerClock();
    vi.useFakeTimers();
  });
  afterEach(() => vi.useRealTimers());

  it.each([5 * MINUTE_MS, -5 * MINUTE_MS, 90 * 24 * 60 * MINUTE_MS])('is known to a reader whose clock is %i ms off', (skew) => {
    vi.setSystemTime(SERVER + skew);
    answer(SERVER, skew);
    expect(Math.abs(clock.now() - SERVER)).toBeLessThan(CLOCK_DOUBT_MS);
  });
  it('is the reader’s own where both agree', () => {
    vi.setSystemTime(SERVER);
    answer(SERVER, 0);
    expect(clock.now()).toBe(SERVER);
  });
  it('becomes more exact with every answer', () => {
    const skew = 5 * MINUTE_MS;
    for (let at = 0; at < 1000; at += 90) answer(SERVER + at, skew);
    vi.setSystemTime(SERVER + skew);
    expect(Math.abs(clock.now() - SERVER)).toBeLessThan(150);
  });
  it('is not learned from an answer without a date', () => {
    vi.setSystemTime(SERVER);
    answer(SERVER, 0);
    clock.learn(null, 0, 1);
    clock.learn('soon', 0, 1);
    expect(clock.now()).toBe(SERVER);
  });
  it('makes nothing late or stuck that is not, whatever the reader’s clock says', () => {
    const skew = 5 * MINUTE_MS;
    vi.setSystemTime(SERVER + skew);
    answer(SERVER, skew);
    expect(isLate(SERVER, clock.now())).toBe(false);
    expect(isLate(SERVER - MINUTE_MS, clock.now())).toBe(true);
    expect(isStuck(SERVER - MINUTE_MS + 100, clock.now(), 1000)).toBe(false);
    expect(isStuck(SERVER - 5 * MINUTE_MS, clock.now(), 1000)).toBe(true);
  });
});
