import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { whileSeen } from './whileSeen';

let calls: string[];
const tab = Object.assign(new EventTarget(), { hidden: false });
const show = (seen: boolean) => {
  tab.hidden = !seen;
  tab.dispatchEvent(new Event('visibilitychange'));
};
const start = () =>
  whileSeen(
    () => calls.push('open'),
    () => calls.push('close'),
  );

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('document', tab);
  tab.hidden = false;
  calls = [];
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('a tab that is seen is open, one that has not been seen for a while is closed, until it is seen again', () => {
  start();
  expect(calls).toEqual(['open']);
  show(false);
  vi.advanceTimersByTime(4900);
  expect(calls).toEqual(['open']);
  vi.advanceTimersByTime(200);
  expect(calls).toEqual(['open', 'close']);
  show(true);
  expect(calls).toEqual(['open', 'close', 'open']);
});

test('a short look elsewhere closes nothing', () => {
  start();
  show(false);
  vi.advanceTimersByTime(3000);
  show(true);
  vi.advanceTimersByTime(60_000);
  expect(calls).toEqual(['open']);
});

test('a tab that begins unseen waits, and one that has ended opens no more', () => {
  tab.hidden = true;
  const stop = start();
  vi.advanceTimersByTime(60_000);
  expect(calls).toEqual([]);
  show(true);
  stop();
  expect(calls).toEqual(['open', 'close']);
  show(false);
  show(true);
  vi.advanceTimersByTime(60_000);
  expect(calls).toEqual(['open', 'close']);
});
