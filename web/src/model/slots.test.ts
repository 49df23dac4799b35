import { expect, it } from 'vitest';
import { firstDrawn, keepSame, slotsOf } from './slots';

const table = new Map([[10, 0], [11, 1], [12, 2]]);
it.each([
  ['the first items take rows in their order', new Map<number, number>(), [7, 8], -1, [0, 1]],
  ['others take over the rows as they stand', table, [20, 21, 22], -1, [0, 1, 2]],
  ['who stays keeps its row', table, [10, 20, 12], -1, [0, 1, 2]],
  ['even where the order is another', table, [12, 20, 10], -1, [2, 3, 0]],
  ['nobody who stays has to move for a new one', table, [20, 10, 12], -1, [3, 0, 2]],
  ['more items get rows of their own', table, [10, 11, 12, 13, 14], -1, [0, 1, 2, 3, 4]],
  ['rows that nobody wants are gone', table, [20], -1, [0]],
  ['nobody takes over the row with the focus', table, [20, 21, 22], 1, [0, 2, 3]],
  ['but who stands in it stays there', table, [11, 20], 1, [1, 2]],
  ['an empty table that holds a row', new Map<number, number>(), [7], 0, [1]],
])('%s', (_, before, ids, held, slots) => expect([...slotsOf(before, ids, held).values()]).toEqual(slots));

it('an item that has not changed stays the same object', () => {
  const before = [{ id: 1, tags: ['a'] }, { id: 2, tags: ['b'] }];
  const after = keepSame(before, [{ id: 2, tags: ['b', 'c'] }, { id: 1, tags: ['a'] }, { id: 3, tags: [] }]);
  expect(after).toEqual([{ id: 2, tags: ['b', 'c'] }, { id: 1, tags: ['a'] }, { id: 3, tags: [] }]);
  expect(after[1]).toBe(before[0]);
});

const items = (...ids: number[]) => ids.map((id) => ({ id }));
it.each([
  ['an empty table gets a screen of them', [], [1, 2, 3, 4], [1, 2]],
  ['below it stands what stood there', [1, 2, 3, 4], [5, 6, 7, 8], [5, 6, 3, 4]],
  ['nobody stands there twice', [1, 2, 3, 4], [3, 6, 7, 8], [3, 6, 4]],
  ['and no more than there will be', [1, 2, 3, 4], [5, 6, 7], [5, 6, 3]],
  ['a screen that all of them fit', [1, 2, 3, 4], [5], [5]],
])('drawn first: %s', (_, before, after, drawn) => expect(firstDrawn(items(...before), items(...after), 2)).toEqual(items(...drawn)));
