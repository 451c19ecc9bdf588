import type { ColumnSchema } from '../../model/table-schema.ts';
import type { MysqlKind } from './mysql-flavour.ts';

/** By AUTO_INCREMENT. MariaDB has columns that draw from a sequence instead. */
export const countsItself = ({ identity }: ColumnSchema, kind: MysqlKind): boolean =>
  identity !== null && !(kind === 'mariadb' && identity.drawsFromOther);
