// The shortest way from one list of lines to another, within bounds.
export interface DiffLine {
  kind: 'same' | 'gone' | 'came';
  text: string;
}
const MOST_LINES = 1500;

export function lineDiff(before: string, after: string): DiffLine[] {
  const a = before.split('\n').slice(-MOST_LINES);
  const b = after.split('\n').slice(-MOST_LINES);
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail += 1;
  const left = a.slice(head, a.length - tail);
  const right = b.slice(head, b.length - tail);
  const width = right.length + 1;
  const longest = new Uint16Array((left.length + 1) * width);
  for (let i = left.length - 1; i >= 0; i -= 1) {
    for (let j = right.length - 1; j >= 0; j -= 1) {
      longest[i * width + j] =
        left[i] === right[j]
          ? longest[(i + 1) * width + j + 1]! + 1
          : Math.max(longest[(i + 1) * width + j]!, longest[i * width + j + 1]!);
    }
  }
  const lines: DiffLine[] = a.slice(0, head).map((text) => ({ kind: 'same', text }));
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
  return [...lines, ...a.slice(a.length - tail).map((text) => ({ kind: 'same' as const, text }))];
}
