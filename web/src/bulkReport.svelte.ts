// What became of each of many tasks: told on any page, since its toast outlives the page on which it was done.
import type { Outcome } from './bulk';

interface Held {
  // Takes back what the report tells of.
  undo: () => void;
  onclose: () => void;
}

class BulkReport {
  outcomes = $state.raw<Outcome[] | null>(null);
  held = $state.raw<Held | null>(null);

  show(outcomes: Outcome[], held: Held | null = null): void {
    this.outcomes = outcomes;
    this.held = held;
  }
  close(): void {
    this.outcomes = null;
    this.held?.onclose();
    this.held = null;
  }
}
export const bulkReport = new BulkReport();
