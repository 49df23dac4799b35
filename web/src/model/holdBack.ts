// A list that somebody has the pointer on, when it is read anew: what stands there keeps its place, so that a click hits
// what it was meant for. What would push it down is held back and counted; what comes below it comes at once, and what
// is gone is gone.
export interface HeldBack<T> {
  items: T[];
  held: number;
  isMoved: boolean;
}

export function holdBack<T extends { id: number }>(before: T[], items: T[]): HeldBack<T> {
  const known = new Set(before.map(({ id }) => id));
  const last = items.findLastIndex(({ id }) => known.has(id));
  // Nothing of what stood there is left to keep its place.
  if (last < 0) return { items, held: 0, isMoved: false };
  const upTo = items.slice(0, last + 1);
  const staying = upTo.filter(({ id }) => known.has(id));
  const now = new Map(staying.map((item) => [item.id, item]));
  const inPlace = before.flatMap(({ id }) => now.get(id) ?? []);
  return { items: [...inPlace, ...items.slice(last + 1)], held: upTo.length - staying.length, isMoved: inPlace.some((item, at) => item !== staying[at]) };
}
