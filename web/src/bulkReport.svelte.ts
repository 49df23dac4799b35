// What became of each of many tasks: told on any page, since its toast outlives the page on which it was done.
import type { Outcome } from './bulk';

class BulkReport {
  outcomes = $state.raw<Outcome[] | null>(null);
}
export const bulkReport = new BulkReport();
