// The way from one list of lines to another: always a whole and a right one, and the shortest where the lines are few
// enough to look for it.
export interface DiffLine {
  kind: 'same' | 'gone' | 'came';
  text: string;
}
// So many pairs of lines are compared for the shortest way; beyond, lines that stand once in each part the rest.
const MOST_PAIRS = 4_000_000;

export function lineDiff(before: string, after: string): DiffLine[] {
  const lines: DiffLine[] = [];
  compare(before.split('\n'), after.split('\n'), lines);
  return lines;
}

const add = (lines: DiffLine[], kind: DiffLine['kind'], texts: string[]) => texts.forEach((text) => lines.push({ kind, text }));

function compare(a: string[], b: string[], lines: DiffLine[]): void {
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail += 1;
  const left = a.slice(head, a.length - tail);
  const right = b.slice(head, b.length - tail);
  add(lines, 'same', a.slice(0, head));
  if (left.length * right.length <= MOST_PAIRS) shortest(left, right, lines);
  else byAnchors(left, right, lines);
  add(lines, 'same', a.slice(a.length - tail));
}

function shortest(left: string[], right: string[], lines: DiffLine[]): void {
  const width = right.length + 1;
  const longest = new Uint32Array((left.length + 1) * width);
  for (let i = left.length - 1; i >= 0; i -= 1) {
    for (let j = right.length - 1; j >= 0; j -= 1) {
      longest[i * width + j] =
        left[i] === right[j]
          ? longest[(i + 1) * width + j + 1]! + 1
          : Math.max(longest[(i + 1) * width + j]!, longest[i * width + j + 1]!);
    }
  }
  let i = 0;
  let j = 0;
  while (i < left.length || j < right.length) {
    if (i < left.length && j < right.length && left[i] === right[j]) {
      lines.push({ kind: 'same', text: left[i]! });
      i += 1;
      j += 1;
    } else if (j >= right.length || (i < left.length && longest[(i + 1) * width + j]! >= longest[i * width + j + 1]!)) {
      lines.push({ kind: 'gone', text: left[i]! });
      i += 1;
    } else {
      lines.push({ kind: 'came', text: right[j]! });
      j += 1;
    }
  }
}

// Where each line that stands once stands.
function placesOfSingles(lines: string[]): Map<string, number> {
  const places = new Map<string, number>();
  lines.forEach((line, at) => places.set(line, places.has(line) ? -1 : at));
  return places;
}

// The longest row of lines that stand once in each and in the same order, as pairs of places.
function anchorsOf(left: string[], right: string[]): [number, number][] {
  const inRight = placesOfSingles(right);
  const pairs: { place: [number, number]; before: number }[] = [];
  // The pair that ends the best row of each length; their places on the right only grow.
  const ends: number[] = [];
  for (const [line, i] of placesOfSingles(left)) {
    const j = i < 0 ? -1 : (inRight.get(line) ?? -1);
    if (j < 0) continue;
    let low = 0;
    let high = ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (pairs[ends[middle]!]!.place[1] < j) low = middle + 1;
      else high = middle;
    }
    pairs.push({ place: [i, j], before: low > 0 ? ends[low - 1]! : -1 });
    ends[low] = pairs.length - 1;
  }
  const anchors: [number, number][] = [];
  for (let at = ends.at(-1) ?? -1; at >= 0; at = pairs[at]!.before) anchors.push(pairs[at]!.place);
  return anchors.reverse();
}

function byAnchors(left: string[], right: string[], lines: DiffLine[]): void {
  const anchors = anchorsOf(left, right);
  if (anchors.length === 0) {
    add(lines, 'gone', left);
    add(lines, 'came', right);
    return;
  }
  let i = 0;
  let j = 0;
  for (const [toLeft, toRight] of anchors) {
    compare(left.slice(i, toLeft), right.slice(j, toRight), lines);
    lines.push({ kind: 'same', text: left[toLeft]! });
    i = toLeft + 1;
    j = toRight + 1;
  }
  compare(left.slice(i), right.slice(j), lines);
}

// What is shown of a diff: its changes with the lines around them, and how many equal ones stand between.
export type DiffRow = DiffLine | { kind: 'fold'; count: number };

export function folded(lines: DiffLine[], around = 3): DiffRow[] {
  const rows: DiffRow[] = [];
  let at = 0;
  while (at < lines.length) {
    let end = at;
    while (end < lines.length && lines[end]!.kind === 'same') end += 1;
    if (end === at) {
      rows.push(lines[at]!);
      at += 1;
      continue;
    }
    const above = at === 0 ? 0 : around;
    const below = end === lines.length ? 0 : around;
    const hidden = end - at - above - below;
    // One line is as short as what would stand for it.
    if (hidden <= 1) rows.push(...lines.slice(at, end));
    else rows.push(...lines.slice(at, at + above), { kind: 'fold', count: hidden }, ...lines.slice(end - below, end));
    at = end;
  }
  return rows;
}
