/** The proof at the end of the demo: rows and a checksum of each table in all three databases. */
import type { RunEvent } from '../../shared/model/run-event.ts';
import type { ConvertRequest } from '../engine/copy/convert.ts';
import type { TableComparison } from '../engine/verify/table-comparison.ts';
import { verifyConvert } from '../engine/verify/verify-convert.ts';
import { formatCount } from '../progress/figures.ts';
import { textTable } from '../progress/text-table.ts';

export interface ComparedTable {
  readonly name: string;
  /** In the order in which the rows travelled; null: the table is not there. */
  readonly copies: readonly ({ readonly rows: number; readonly sum: string } | null)[];
  readonly isEqual: boolean;
}

/**
 * Compares the ends of each copy by value, one copy after the other. Tables in the order of the first copy. `onTable`
 * hears of each comparison made.
 */
export async function compareCopies(
  hops: readonly ConvertRequest[],
  onTable: (name: string) => void,
): Promise<ComparedTable[]> {
  const compared: TableComparison[][] = [];
  for (const hop of hops) {
    const onEvent = (event: RunEvent) => void (event.type === 'compared' && onTable(event.table.name));
    compared.push(await verifyConvert({ ...hop, onEvent }, true));
  }
  const [first = [], ...others] = compared;
  return first.map((table) => {
    const later = others.map((tables) => tables.find(({ name }) => name === table.name) ?? null);
    return {
      name: table.name,
      copies: [table.source, table.target, ...later.map((each) => each?.target ?? null)],
      isEqual: table.equal && later.every((each) => each?.equal === true && each.source.rows === table.source.rows),
    };
  });
}

/** `checksumDigits`: as many of the 16 as there is room for. */
export function comparisonLines(
  tables: readonly ComparedTable[],
  titles: readonly string[],
  checksumDigits = 16,
): string[] {
  const columns = [
    { title: 'table', align: 'left' as const },
    ...titles.flatMap((title) => [
      { title, align: 'right' as const },
      { title: 'checksum', align: 'left' as const },
    ]),
    { title: '', align: 'left' as const },
  ];
  const rows = tables.map(({ name, copies, isEqual }) => [
    name,
    ...copies.flatMap((copy) =>
      copy === null ? ['missing', ''] : [formatCount(copy.rows), copy.sum.slice(-checksumDigits)],
    ),
    isEqual ? 'equal' : 'NOT EQUAL',
  ]);
  return textTable(columns, rows);
}
