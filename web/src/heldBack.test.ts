import { beforeEach, expect, test } from 'vitest';
import { heldBack } from './heldBack';

let done: string[];
const deed = (name: string) => (isLeft: boolean) => {
  done.push(isLeft ? `${name}, leaving` : name);
  return Promise.resolve();
};
beforeEach(() => {
  done = [];
});

test('a deed is done once: when its holder says so, or before when it is called for', async () => {
  const later = heldBack.hold(deed('later'));
  await later.carryOut();
  const early = heldBack.hold(deed('at the log-out'));
  await heldBack.carryOut();
  heldBack.hold(deed('closed'));
  await heldBack.carryOut(true);
  for (const { carryOut } of [later, early]) await carryOut();
  await heldBack.carryOut();
  expect(done).toEqual(['later', 'at the log-out', 'closed, leaving']);
});

test('one that was undone is never done', async () => {
  const undone = heldBack.hold(deed('undone'));
  undone.drop();
  await undone.carryOut();
  await heldBack.carryOut();
  expect(done).toEqual([]);
});
