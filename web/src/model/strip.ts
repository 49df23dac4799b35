// A row of bars for the last runs, oldest first: tall for a failure, middling for a success, a dot for a run that did
// not happen, so that it can be read without colours. One path a status, since a page of tasks has a thousand bars.
import type { ExecutionStatus, Run } from '../api/types';

export interface Shape {
  // '': places of runs that there were not.
  status: ExecutionStatus | '';
  path: string;
}

export const STRIP_HEIGHT = 18;
const WIDTH = 4;
const STEP = 6;
const RADIUS = 1.5;
const NOTHING = 3;
const HEIGHTS: Record<ExecutionStatus, number> = {
  FAILED: 18,
  TIMEOUT: 18,
  LOST: 18,
  RUNNING: 14,
  PENDING: 14,
  SUCCESS: 11,
  CANCELLED: 7,
  SKIPPED: 4,
  MISSED: 4,
};

export const stripWidth = (length: number) => length * STEP - (STEP - WIDTH);

// `inset`: by how much it is smaller on each side, for what is drawn as an outline.
function bar(place: number, height: number, inset = 0): string {
  const [width, tall] = [WIDTH - 2 * inset, height - 2 * inset];
  const r = RADIUS - inset;
  const corner = (dx: number, dy: number) => `a${r} ${r} 0 0 1 ${dx * r} ${dy * r}`;
  const [across, down] = [width - 2 * r, tall - 2 * r];
  const x = place * STEP + inset;
  return `M${x + r} ${STRIP_HEIGHT - height + inset}h${across}${corner(1, 1)}v${down}${corner(-1, 1)}h${-across}${corner(-1, -1)}v${-down}${corner(1, -1)}z`;
}

// The runs that have a bar, oldest first, and how many places before them are empty. `runs`: newest first.
function placed(runs: Run[], length: number): { shown: Run[]; empty: number } {
  const shown = runs.slice(0, length).reverse();
  return { shown, empty: length - shown.length };
}

// Of `count` places without a run, kept: in a list that waits for its runs every row draws the same.
const emptyPaths: string[] = [];
function emptyPath(count: number): string {
  return (emptyPaths[count] ??= Array.from({ length: count }, (_, place) => bar(place, NOTHING)).join(''));
}

export function stripShapes(runs: Run[], length: number): Shape[] {
  const { shown, empty } = placed(runs, length);
  const paths = new Map<Shape['status'], string>();
  const add = (status: Shape['status'], path: string) => paths.set(status, (paths.get(status) ?? '') + path);
  if (empty > 0) add('', emptyPath(empty));
  shown.forEach(({ status }, index) => add(status, bar(empty + index, HEIGHTS[status] ?? NOTHING, status === 'PENDING' ? 0.5 : 0)));
  return [...paths].map(([status, path]) => ({ status, path }));
}

// The run whose bar stands `x` pixels from the left; undefined between two bars and where there was none.
export function runAt(runs: Run[], length: number, x: number): Run | undefined {
  const { shown, empty } = placed(runs, length);
  return x >= 0 && x % STEP < WIDTH ? shown[Math.floor(x / STEP) - empty] : undefined;
}
