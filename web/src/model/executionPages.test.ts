import { describe, expect, it } from 'vitest';
import type { Execution, ExecutionPage } from '../api/types';
import { below, leavesGap } from './executionPages';

const rows = (...ids: number[]) => ids.map((id) => ({ id }) as Execution);
const page = (next_cursor: string | null, ...ids: number[]) => ({ items: rows(...ids), next_cursor }) as ExecutionPage;

describe('a list that grows at its head while older pages of it are shown', () => {
  it('keeps what its newest page pushed out', () => expect(below(page('8', 9, 8), rows(8, 7, 6)).map(({ id }) => id)).toEqual([7, 6]));
  it('loses what belongs to it no more', () => expect(below(page('6', 9, 6), rows(8, 6, 5)).map(({ id }) => id)).toEqual([5]));
  it('ends where its newest page is all there is', () => expect(below(page(null, 9, 8), rows(7))).toEqual([]));
  it('keeps all where the newest step of a search found nothing', () => expect(below(page('8'), rows(7))).toEqual(rows(7)));
  it.each([
    [page('9', 10, 9), rows(8, 7), true],
    [page('8', 9, 8), rows(8, 7), false],
    [page(null, 10, 9), rows(8), false],
    [page('9', 10, 9), [], false],
  ])('has a gap where as many came as a page holds', (newest, shown, gap) => expect(leavesGap(newest, shown)).toBe(gap));
});
