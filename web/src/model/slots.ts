// Which row of a table shows what, when its items change: an item that stays keeps its row, with the focus that may
// be in it, and a new one takes over the row of one that left. Making rows anew costs several times as much.
export type Slots = Map<number, number>;

// `before`: the slots that were, in the order of the rows. `held`: a slot that nobody may take over, for instance
// because the focus is in it: a key pressed there is meant for the item that one saw. A row is taken over only between
// those that stay on either side of it, since a row that has to move loses the focus.
export function slotsOf(before: Slots, ids: number[], held = -1): Slots {
  const rows = [...before.values()];
  const placeOf = new Map([...before.keys()].map((id, place) => [id, place]));
  const staying = new Set(ids.map((id) => placeOf.get(id)));
  // Of each item, the place of the next one that stays.
  const ends: number[] = [];
  let end = rows.length;
  for (let at = ids.length - 1; at >= 0; at -= 1) ends[at] = end = placeOf.get(ids[at]!) ?? end;

  let fresh = Math.max(held, ...rows) + 1;
  let at = 0;
  return new Map(
    ids.map((id, index) => {
      const place = placeOf.get(id);
      if (place !== undefined) {
        at = place + 1;
        return [id, rows[place]!];
      }
      while (at < ends[index]! && (staying.has(at) || rows[at] === held)) at += 1;
      return [id, at < ends[index]! ? rows[at++]! : fresh++];
    }),
  );
}

// The items as they came, but each that has not changed as the object that it was: what is drawn from it then stays.
export function keepSame<T extends { id: number }>(before: T[], items: T[]): T[] {
  const known = new Map(before.map((item) => [item.id, item]));
  return items.map((item) => {
    const old = known.get(item.id);
    return old && (old === item || JSON.stringify(old) === JSON.stringify(item)) ? old : item;
  });
}

// What is drawn first when other items come: as many as fill a screen, and below them what stood there before.
export function firstDrawn<T extends { id: number }>(before: T[], items: T[], atOnce: number): T[] {
  const first = items.slice(0, atOnce);
  const ids = new Set(first.map(({ id }) => id));
  return [...first, ...before.slice(atOnce).filter(({ id }) => !ids.has(id))].slice(0, items.length);
}
