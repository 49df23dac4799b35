// Which row of a table shows what, when its items change: an item that stays keeps its row, with the focus that may
// be in it, and a new one takes over the row of one that left. Making rows anew costs several times as much.
export type Slots = Map<number, number>;

// `before`: the slots that were, in the order of the rows. `held`: a slot that nobody may take over, for instance
// because the focus is in it: a key pressed there is meant for the item that one saw.
export function slotsOf(before: Slots, ids: number[], held = -1): Slots {
  const staying = new Set(ids.filter((id) => before.has(id)));
  const free = [...before].filter(([id, slot]) => !staying.has(id) && slot !== held).map(([, slot]) => slot);
  let next = Math.max(held, ...before.values()) + 1;
  return new Map(ids.map((id) => [id, before.get(id) ?? free.shift() ?? next++]));
}

// The items as they came, but each that has not changed as the object that it was: what is drawn from it then stays.
export function keepSame<T extends { id: number }>(before: T[], items: T[]): T[] {
  const known = new Map(before.map((item) => [item.id, item]));
  return items.map((item) => {
    const old = known.get(item.id);
    return old && (old === item || JSON.stringify(old) === JSON.stringify(item)) ? old : item;
  });
}
