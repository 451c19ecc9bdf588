/** A comparison as it goes to screens and answers: bounded, however large rows are. */
import type { ComparedTable } from '../../../shared/model/compared-table.ts';
import type { TablePlan } from '../model/table-plan.ts';
import { decodeRow } from '../row-text/decode-row.ts';
import { keyPositions } from './compare-table.ts';
import type { RowDifference } from './differing-rows.ts';
import type { TableComparison } from './table-comparison.ts';

const shownRows = 100;
const shownCells = 20;
/** Columns by which a row of a table without a key is told. */
const shownColumns = 5;
/** Longest value shown, in characters. */
const shownCharacters = 200;
/** Of them, those before the first character that differs. */
const charactersBefore = 40;

export function describeComparison(plan: TablePlan, comparison: TableComparison): ComparedTable {
  const { name, source, target, equal, differences, hasMore, repaired, problem } = comparison;
  return {
    name,
    sourceRows: source.rows,
    targetRows: target?.rows ?? 0,
    // What could not be compared has no rows that differ, and is not equal.
    differences: equal ? 0 : Math.max(1, differences.length),
    hasMore,
    repaired,
    problem,
    rows: differences.slice(0, shownRows).map((difference) => describeRow(plan, difference)),
  };
}

function describeRow(plan: TablePlan, { kind, row, cells }: RowDifference): ComparedTable['rows'][number] {
  const positions = keyPositions(plan);
  const shown = positions.length > 0 ? positions : plan.columns.slice(0, shownColumns).map((_, index) => index);
  const values = decodeRow(row);
  return {
    kind,
    key: shown.map((position) => ({
      column: plan.columns[position]!.source.name,
      value: cut(plainText(plan, position, values[position] ?? null), 0),
    })),
    cells: cells.slice(0, shownCells).map(({ column, ...literals }) => {
      const position = plan.columns.findIndex((each) => each.source.name === column);
      const plain = {
        source: plainText(plan, position, literals.source),
        target: plainText(plan, position, literals.target),
      };
      // The number 1 and the text 1 of SQLite differ in their quotes only.
      const { source, target } = plain.source === plain.target ? literals : plain;
      const from = Math.max(0, firstDifference(source ?? '', target ?? '') - charactersBefore);
      return { column, source: cut(source, from), target: cut(target, from) };
    }),
  };
}

/** A text without the quotes in which SQLite's untyped values travel. */
function plainText(plan: TablePlan, position: number, value: string | null): string | null {
  if (plan.columns[position]?.wire.kind !== 'any' || !value?.startsWith("'")) return value;
  return value.slice(1, -1).replaceAll("''", "'");
}

function firstDifference(left: string, right: string): number {
  let at = 0;
  while (at < left.length && left[at] === right[at]) at++;
  return at;
}

/** `from`: where the interesting part of a long value begins. */
function cut(value: string | null, from: number): string | null {
  if (value === null || value.length <= shownCharacters) return value;
  const start = Math.min(from, value.length - shownCharacters);
  const end = start + shownCharacters;
  const part = `${start > 0 ? '…' : ''}${value.slice(start, end)}${end < value.length ? '…' : ''}`;
  return `${part} (${value.length} characters)`;
}
