// The pages of a list, newest first, that was read back some way while new rows came in before its first page.
import type { Execution, ExecutionPage } from '../api/types';

const lowest = (rows: Execution[]) => rows.at(-1)?.id;

// What stands below the newest page as it is now: of the rows that were shown, those that it pushed out. The others are
// in it, or do not belong to the list any more.
export function below(newest: ExecutionPage, shown: Execution[]): Execution[] {
  if (newest.next_cursor === null) return [];
  const end = lowest(newest.items);
  return end === undefined ? shown : shown.filter(({ id }) => id < end);
}

// Whether rows may be missing between a page and what was shown before it came.
export function leavesGap(newest: ExecutionPage, shown: Execution[]): boolean {
  const end = lowest(newest.items);
  return newest.next_cursor !== null && end !== undefined && shown[0] !== undefined && end > shown[0].id;
}
