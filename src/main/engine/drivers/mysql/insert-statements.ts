/** Row text as INSERT statements: the path that names the reason of a refusal, and the only one without local_infile. */
import { storedGeometryHead, type ColumnAction } from './load-data-transcoder.ts';
import type { LoadPlan } from './load-plan.ts';

export interface InsertLimits {
  /** A statement ends at the first row past this many characters. */
  readonly statementLength: number;
  /** The server's max_allowed_packet, bytes. */
  readonly packetBytes: number;
}

/** Room for what the protocol adds to a statement's text. */
const packetMargin = 1024;

/** A row that no statement can carry. */
export class RowTooLarge extends Error {
  override readonly name = 'RowTooLarge';
}

/** Statements that insert `text`, whole rows of row text. Throws RowTooLarge when it gets to a row that does not fit. */
export function* insertStatements(plan: LoadPlan, text: string, limits: InsertLimits): Generator<string> {
  const head = `INSERT INTO ${plan.table} (${plan.columns.join(', ')}) VALUES `;
  const most = limits.packetBytes - packetMargin;
  let rows: string[] = [];
  let length = 0;
  let bytes = 0;
  for (let from = 0; from < text.length;) {
    const end = text.indexOf('\n', from);
    const row = rowLiteral(plan.actions, text.slice(from, end).split('\t'));
    const rowBytes = Buffer.byteLength(row) + 1;
    if (head.length * 4 + rowBytes > most) throw new RowTooLarge('A row is larger than max_allowed_packet');
    if (
      rows.length > 0 &&
      (length + row.length > limits.statementLength || head.length * 4 + bytes + rowBytes > most)
    ) {
      yield head + rows.join(',');
      rows = [];
      length = 0;
      bytes = 0;
    }
    rows.push(row);
    length += row.length;
    bytes += rowBytes;
    from = end + 1;
  }
  if (rows.length > 0) yield head + rows.join(',');
}

const rowLiteral = (actions: readonly ColumnAction[], fields: readonly string[]): string =>
  `(${fields.map((field, column) => literal(actions[column]!, field)).join(',')})`;

function literal(action: ColumnAction, field: string): string {
  if (field === '\\N') return 'NULL';
  switch (action) {
    case 'bytes':
      return `x'${field.slice(3)}'`;
    case 'bits':
      return `b'${field}'`;
    case 'boolean':
      return field === 't' ? '1' : field === 'f' ? '0' : number(field);
    case 'number':
      return number(field);
    case 'geometry':
      return `x'${storedGeometryHex(field)}'`;
    case 'copy':
      return quoted(field);
  }
}

/** Row text's escapes are those of a string literal in our sql_mode; only the quote is left to double. */
const quoted = (field: string): string => `'${field.replaceAll("'", "''")}'`;

const number = (field: string): string => (/^-?\d+$/.test(field) ? field : quoted(field));

function storedGeometryHex(ewkb: string): string {
  const head = Buffer.from(ewkb.slice(0, 18), 'hex');
  return Buffer.from(storedGeometryHead([...head])).toString('hex') + ewkb.slice(18);
}
