// What of a list was loaded at an entry of the history, so that who comes back finds the row that was left.
import type { Execution, ExecutionPage } from '../api/types';

interface Kept {
  // The address of what was asked: an entry may show another list by now.
  of: string;
  rows: Execution[];
  last: ExecutionPage;
}
const MOST_ENTRIES = 8;

class KeptPages {
  private entries = new Map<string, Kept>();

  keep(entry: string, kept: Kept): void {
    this.entries.delete(entry);
    this.entries.set(entry, kept);
    if (this.entries.size > MOST_ENTRIES) this.entries.delete(this.entries.keys().next().value!);
  }
  of(entry: string, address: string): Kept | null {
    const kept = this.entries.get(entry);
    return kept?.of === address ? kept : null;
  }
  forget(entry: string): void {
    this.entries.delete(entry);
  }
}
export const keptPages = new KeptPages();
