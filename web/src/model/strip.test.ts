import { describe, expect, it } from 'vitest';
import type { ExecutionStatus, Run } from '../api/types';
import { runAt, stripShapes, stripWidth } from './strip';

const run = (id: number, status: ExecutionStatus): Run => ({ id, status, started_at: null, duration_ms: null });
// Newest first, as the server has them.
const RUNS = [run(3, 'FAILED'), run(2, 'SUCCESS'), run(1, 'SUCCESS')];
const begins = (path: string) => [...path.matchAll(/M([\d.]+) ([\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)]);

describe('the strip of the last runs', () => {
  it('has one shape a status, the oldest run at the left', () => {
    const shapes = stripShapes(RUNS, 4);
    expect(shapes.map(({ status }) => status)).toEqual(['', 'SUCCESS', 'FAILED']);
    expect(begins(shapes[0]!.path)).toEqual([[1.5, 15]]);
    expect(begins(shapes[1]!.path)).toEqual([[7.5, 7], [13.5, 7]]);
    expect(begins(shapes[2]!.path)).toEqual([[19.5, 0]]);
  });
  it('shows the newest where there are more than places', () =>
    expect(stripShapes(RUNS, 1).map(({ status }) => status)).toEqual(['FAILED']));
  it('of no runs is a row of dots', () => expect(stripShapes([], 20)).toHaveLength(1));
  it('is as wide as its bars', () => expect(stripWidth(20)).toBe(118));
  it.each([
    [0, undefined],
    [6, 1],
    [9, 1],
    [10, undefined],
    [11.9, undefined],
    [12, 2],
    [18, 3],
    [24, undefined],
    [-1, undefined],
  ])('%d pixels from the left stands run %s', (x, id) => expect(runAt(RUNS, 4, x)?.id).toBe(id));
});
