/** Columns of a user's query, from a prepared statement's description: nothing is run. */
import { SluiceError } from '../../../../shared/errors/sluice-error.ts';
import type { ColumnSchema } from '../../model/table-schema.ts';
import { describeTables } from './describe-tables.ts';
import type { MysqlConnection, ResultColumn } from './mysql-connection.ts';
import { neutralType } from './mysql-types.ts';
import { derivedTable, withoutEnd } from './select-rows.ts';

export async function describeQuery(
  connection: MysqlConnection,
  sql: string,
  foldsNames: boolean,
): Promise<ColumnSchema[]> {
  const [origins, columns] = await preparedColumns(connection, sql);
  // Columns taken straight from a table have a type that the protocol does not tell: labels of an ENUM, tinyint(1), JSON.
  const tables = [...new Set(origins.filter(({ orgTable }) => orgTable !== '').map(({ orgTable }) => orgTable))];
  const described = await describeTables(
    connection,
    tables.map((name) => ({ schema: null, name })),
    foldsNames,
  );
  const [[database] = []] = await connection.rows('SELECT DATABASE()');
  return columns.map((column, index) => {
    const origin = origins[index]!;
    const table = origin.schema === database ? described.find(({ name }) => name.name === origin.orgTable) : undefined;
    const base = table?.columns.find(({ name }) => name === origin.orgName);
    const nativeType = base?.nativeType ?? protocolType(column);
    return {
      name: column.name,
      nativeType,
      type: base?.type ?? neutralType({ columnType: nativeType, collation: null, srid: null, checkedJson: false }),
      nullable: true,
      default: null,
      identity: null,
      generated: null,
      collation: base?.collation ?? null,
      comment: null,
      updatesToNow: false,
      invisible: false,
    };
  });
}

/** Of a statement that writes, in the read-only transactions that sources are read in. */
const cannotWrite = 1792;

/** Columns of the query itself, which tell where they come from, and of the query as the reader will run it. */
async function preparedColumns(connection: MysqlConnection, sql: string): Promise<[ResultColumn[], ResultColumn[]]> {
  try {
    const origins = await connection.prepare(withoutEnd(sql));
    // What is not a single SELECT cannot stand in FROM: DELETE ... RETURNING, CALL, SHOW, two statements.
    const columns = await connection.prepare(`SELECT * FROM ${derivedTable(sql)}`);
    if (origins.length === columns.length && columns.length > 0) return [origins, columns];
  } catch (error) {
    const { code, message, details } = SluiceError.from(error);
    const writes = details['errno'] === cannotWrite;
    if (code === 'server_lost' || (code === 'permission_denied' && !writes)) throw error;
    if (details['errno'] === 1060) {
      throw new SluiceError(
        'query_invalid',
        `The query names two columns alike, give each its own name by AS: ${message}`,
      );
    }
    throw new SluiceError(
      'query_invalid',
      `The query is not a single SELECT that changes nothing: ${message}`,
      details,
    );
  }
  throw new SluiceError('query_invalid', 'The query is not a single SELECT that changes nothing.');
}

const unsignedFlag = 0x20;
const binaryCharacterSet = 63;
/** Bytes of a character in utf8mb4, in which results are sent. */
const bytesPerCharacter = 4;

/** A protocol column as a type in the words of information_schema. */
export function protocolType(column: ResultColumn): string {
  const { columnType, columnLength, decimals, flags } = column;
  const sign = flags & unsignedFlag ? ' unsigned' : '';
  const fraction = decimals > 0 && decimals <= 6 ? `(${decimals})` : '';
  switch (columnType) {
    case 0x01:
      return columnLength === 1 ? 'tinyint(1)' : `tinyint${sign}`;
    case 0x02:
      return `smallint${sign}`;
    case 0x03:
      return `int${sign}`;
    case 0x08:
      return `bigint${sign}`;
    case 0x09:
      return `mediumint${sign}`;
    case 0x04:
      return 'float';
    case 0x05:
      return 'double';
    case 0x00:
    case 0xf6: {
      const digits = columnLength - (decimals > 0 ? 1 : 0) - (flags & unsignedFlag ? 0 : 1);
      return `decimal(${Math.min(Math.max(digits, 1), 65)},${decimals})${sign}`;
    }
    case 0x0a:
      return 'date';
    case 0x0b:
      return `time${fraction}`;
    case 0x0c:
      return `datetime${fraction}`;
    case 0x07:
      return `timestamp${fraction}`;
    case 0x0d:
      return 'year(4)';
    case 0x10:
      return `bit(${columnLength})`;
    case 0xf5:
      return 'json';
    case 0xff:
      return 'geometry';
    case 0xf2:
      return 'longblob';
    default:
      return textType(column);
  }
}

function textType({ characterSet, columnLength, columnType }: ResultColumn): string {
  const isVarying = columnType === 0xfd || columnType === 0xfe || columnType === 0x0f;
  if (characterSet === binaryCharacterSet) {
    return isVarying && columnLength <= 65_535 ? `varbinary(${columnLength})` : 'longblob';
  }
  const characters = Math.floor(columnLength / bytesPerCharacter);
  return isVarying && characters <= 16_383 ? `varchar(${characters})` : 'longtext';
}
