import type { Checksum } from './bucket-sums.ts';
import type { RowDifference } from './differing-rows.ts';

export interface TableComparison {
  readonly name: string;
  readonly source: Checksum;
  /** null: the target has no such table. */
  readonly target: Checksum | null;
  readonly equal: boolean;
  /** The first of them; see `hasMore`. */
  readonly differences: readonly RowDifference[];
  readonly hasMore: boolean;
  /** Rows made equal by a repair. */
  readonly repaired: number;
  /** Why it could not be compared or repaired, as a sentence. */
  readonly problem: string | null;
}
