// Deeds that were said to be done and wait for as long as they can be undone. Whoever leaves (to another address, by
// closing the tab, by logging out) wants them done: they are carried out first, with the session that asked for them.
type Deed = (isLeft: boolean) => Promise<void>;

export interface HeldDeed {
  // At once, unless that was done already or it was dropped.
  carryOut: () => Promise<void>;
  drop: () => void;
}

class HeldBack {
  private deeds = new Set<Deed>();

  // Carried out when its holder says so (its undo is offered no more), or before if need be.
  hold(deed: Deed): HeldDeed {
    const once: Deed = async (isLeft) => {
      if (this.deeds.delete(once)) await deed(isLeft);
    };
    this.deeds.add(once);
    return { carryOut: () => once(false), drop: () => void this.deeds.delete(once) };
  }

  // `isLeft`: the page goes now, and waits for no answer.
  async carryOut(isLeft = false): Promise<void> {
    await Promise.all([...this.deeds].map((deed) => deed(isLeft)));
  }
}
export const heldBack = new HeldBack();
globalThis.addEventListener?.('pagehide', () => void heldBack.carryOut(true));
