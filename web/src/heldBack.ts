// Deeds that were said to be done and wait for as long as they can be undone. Whoever leaves (to another address, by
// closing the tab, by logging out) wants them done: they are carried out first, with the session that asked for them.
type Deed = (isLeft: boolean) => Promise<void>;

class HeldBack {
  private deeds = new Set<Deed>();

  // Carried out after that time, or before if need be. The returned function drops it.
  hold(deed: Deed, milliseconds: number): () => void {
    const once: Deed = async (isLeft) => {
      drop();
      await deed(isLeft);
    };
    const timer = setTimeout(() => void once(false), milliseconds);
    const drop = () => {
      clearTimeout(timer);
      this.deeds.delete(once);
    };
    this.deeds.add(once);
    return drop;
  }

  // `isLeft`: the page goes now, and waits for no answer.
  async carryOut(isLeft = false): Promise<void> {
    await Promise.all([...this.deeds].map((deed) => deed(isLeft)));
  }
}
export const heldBack = new HeldBack();
globalThis.addEventListener?.('pagehide', () => void heldBack.carryOut(true));
