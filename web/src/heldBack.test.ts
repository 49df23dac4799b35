import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { heldBack } from './heldBack';

let done: string[];
const deed = (name: string) => (isLeft: boolean) => {
  done.push(isLeft ? `${name}, leaving` : name);
  return Promise.resolve();
};
beforeEach(() => {
  vi.useFakeTimers();
  done = [];
});
afterEach(() => void vi.useRealTimers());

test('a deed is done once: after its time, or before when it is called for', async () => {
  heldBack.hold(deed('later'), 1000);
  vi.advanceTimersByTime(1000);
  heldBack.hold(deed('at the log-out'), 1000);
  await heldBack.carryOut();
  heldBack.hold(deed('closed'), 1000);
  await heldBack.carryOut(true);
  vi.advanceTimersByTime(5000);
  await heldBack.carryOut();
  expect(done).toEqual(['later', 'at the log-out', 'closed, leaving']);
});

test('one that was undone is never done', async () => {
  heldBack.hold(deed('undone'), 1000)();
  vi.advanceTimersByTime(5000);
  await heldBack.carryOut();
  expect(done).toEqual([]);
});
