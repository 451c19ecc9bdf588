/** A query that means the same in every database: columns and expressions over joined tables, groups of them, an order. */
import type { ColumnSchema, TableName } from '../model/table-schema.ts';
import type { Expression } from './expression.ts';

/** A table or view that a query may read. */
export interface QueriedRelation {
  readonly target: TableName;
  /** As the source calls them and describes them. */
  readonly columns: readonly ColumnSchema[];
  /** Source column name -> target column name; a missing one is not copied. */
  readonly names: ReadonlyMap<string, string>;
}

export interface NamedRelation extends QueriedRelation {
  /** What columns are qualified with. */
  readonly alias: string;
}

export type JoinKind = 'inner' | 'left' | 'right' | 'full' | 'cross';

export type FromClause =
  | { readonly kind: 'relation'; readonly relation: NamedRelation }
  | {
      readonly kind: 'join';
      readonly join: JoinKind;
      readonly left: FromClause;
      readonly right: FromClause;
      /** null: of a cross join. */
      readonly on: Expression | null;
    };

export interface SelectItem {
  readonly expression: Expression;
  /** As written or as the column is called; null: none. */
  readonly name: string | null;
}

export interface Select {
  readonly isDistinct: boolean;
  readonly items: readonly SelectItem[];
  readonly from: FromClause;
  readonly where: Expression | null;
  readonly groupBy: readonly Expression[];
  readonly having: Expression | null;
  readonly orderBy: readonly { readonly expression: Expression; readonly descending: boolean }[];
  /** Decimal digits. */
  readonly limit: string | null;
  readonly offset: string | null;
}
