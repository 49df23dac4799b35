import { describe, expect, test } from 'vitest';
import { holdBack } from './holdBack';

const rows = (...ids: number[]) => ids.map((id) => ({ id }));
const idsOf = (before: number[], after: number[]) => {
  const { items, held, isMoved } = holdBack(rows(...before), rows(...after));
  return [items.map(({ id }) => id), held, isMoved];
};

describe('what would push others down is held back', () => {
  test.each([
    ['nothing new', [1, 2, 3], [1, 2, 3], [1, 2, 3], 0, false],
    ['one above', [1, 2, 3], [9, 1, 2, 3], [1, 2, 3], 1, false],
    ['one above, one between', [1, 2, 3], [9, 1, 8, 2, 3], [1, 2, 3], 2, false],
    ['one below', [1, 2, 3], [1, 2, 3, 4], [1, 2, 3, 4], 0, false],
    ['one above a full page, whose last leaves it', [1, 2, 3], [9, 1, 2], [1, 2], 1, false],
    ['one gone', [1, 2, 3], [1, 3], [1, 3], 0, false],
    ['one gone, and the next moves up', [1, 2, 3], [1, 3, 4], [1, 3, 4], 0, false],
    ['another order', [1, 2, 3], [3, 1, 2], [1, 2, 3], 0, true],
    ['all others', [1, 2], [7, 8], [7, 8], 0, false],
    ['nothing before', [], [1], [1], 0, false],
  ] as const)('%s', (_, before, after, shown, held, isMoved) => {
    expect(idsOf([...before], [...after])).toEqual([[...shown], held, isMoved]);
  });

  test('what stays is shown as it is now', () => {
    const { items } = holdBack([{ id: 1, status: 'ACTIVE' }], [{ id: 2, status: 'ACTIVE' }, { id: 1, status: 'PAUSED' }]);
    expect(items).toEqual([{ id: 1, status: 'PAUSED' }]);
  });
});
