/** How rows of one table plan are given to its target table, decided by what the table's columns really are. */
import type { ColumnPlan, TablePlan } from '../../model/table-plan.ts';
import { isUntouched, type ColumnAction } from './load-data-transcoder.ts';
import type { MysqlConnection } from './mysql-connection.ts';
import { quoteName, quoteTable } from './mysql-names.ts';

export interface LoadPlan {
  readonly table: string;
  /** Quoted column names in row order. */
  readonly columns: readonly string[];
  readonly actions: readonly ColumnAction[];
  /** LOAD DATA statement of the table. */
  readonly loadSql: string;
}

interface TargetColumn {
  readonly nativeType: string;
  /** null for columns that hold no text. */
  readonly collation: string | null;
}

export async function loadPlan(connection: MysqlConnection, plan: TablePlan): Promise<LoadPlan> {
  const table = quoteTable(plan.target);
  const rows = await connection.rows(`SHOW FULL COLUMNS FROM ${table}`);
  const targets = new Map(
    rows.map(([name, nativeType, collation]): [string, TargetColumn] => [
      name!.toLowerCase(),
      { nativeType: nativeType!.toLowerCase(), collation: collation ?? null },
    ]),
  );
  const targetOf = (column: ColumnPlan): TargetColumn =>
    targets.get(column.target.name.toLowerCase()) ?? { nativeType: column.target.nativeType, collation: null };
  const columns = plan.columns.map((column) => quoteName(column.target.name));
  const actions = plan.columns.map((column) => columnAction(column.wire.kind, targetOf(column).nativeType));
  const raw = actions.some(isRaw);
  const assignments: string[] = [];
  const places = plan.columns.map((column, index) => {
    const expression = assignment(`@sluice_${index}`, actions[index]!, targetOf(column), raw);
    if (expression === null) return columns[index]!;
    assignments.push(`${columns[index]!} = ${expression}`);
    return `@sluice_${index}`;
  });
  return {
    table,
    columns,
    actions,
    // Raw bytes are not utf8mb4: MySQL refuses a file that is not of its declared character set (1300).
    loadSql:
      `LOAD DATA LOCAL INFILE 'sluice' INTO TABLE ${table} CHARACTER SET ${raw ? 'binary' : 'utf8mb4'} ` +
      `FIELDS TERMINATED BY '\\t' ESCAPED BY '\\\\' LINES TERMINATED BY '\\n' (${places.join(', ')})` +
      (assignments.length > 0 ? ` SET ${assignments.join(', ')}` : ''),
  };
}

const binaryType = /^(binary|varbinary|tinyblob|blob|mediumblob|longblob|vector)\b/;
const geometryType = /^(geometry|point|linestring|polygon|multi(point|linestring|polygon)|geom(etry)?collection)\b/;

function columnAction(wire: ColumnPlan['wire']['kind'], nativeType: string): ColumnAction {
  switch (wire) {
    case 'bytes':
      return binaryType.test(nativeType) ? 'bytes' : 'copy';
    case 'geometry':
      return geometryType.test(nativeType) ? 'geometry' : 'copy';
    case 'bits':
      return /^bit\b/.test(nativeType) ? 'bits' : 'copy';
    case 'boolean':
      return /^(bit|tinyint|smallint|mediumint|int|bigint|decimal|float|double|year)\b/.test(nativeType)
        ? 'boolean'
        : 'copy';
    default:
      // Both read text otherwise than numbers: `1` is the byte 0x31 to BIT, `0` the year 2000 to YEAR.
      return /^bit\b/.test(nativeType) || (wire === 'integer' && /^year\b/.test(nativeType)) ? 'number' : 'copy';
  }
}

const isRaw = (action: ColumnAction): boolean => !isUntouched(action) && action !== 'boolean';

/** The expression that a column needs on the way in; null: the field goes straight into the column. */
function assignment(variable: string, action: ColumnAction, target: TargetColumn, raw: boolean): string | null {
  const isBit = /^bit\b/.test(target.nativeType);
  if (action === 'number' || (action === 'boolean' && isBit)) return `CAST(${variable} AS UNSIGNED)`;
  if (!raw || action !== 'copy') return null;
  // Read as bytes, text is UTF-8 for utf8mb4 columns only; JSON takes no bytes at all (3144).
  const isText = target.collation !== null && !target.collation.startsWith('utf8mb4');
  const needsCharset = isText || /^(json|enum|set)\b/.test(target.nativeType);
  return needsCharset ? `CONVERT(${variable} USING utf8mb4)` : null;
}
