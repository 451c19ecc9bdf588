/** Bytes. */
import { bytes, bytesValue, mysqlFamily, nullValue, value, type GoldenCase } from './golden-case.ts';

const allBytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)).toString('hex');

export const binaryCases: readonly GoldenCase[] = [
  {
    name: 'binary_unlimited',
    from: { postgresql: 'bytea', mysql: 'longblob', mariadb: 'longblob', sqlite: 'BLOB' },
    becomes: { postgresql: 'bytea', mysql: 'longblob', mariadb: 'longblob', sqlite: 'BLOB' },
    values: [
      ...['', '00', '0000', 'ff', '5c', '5c4e', '5c78', '0a', '09', '0d', '27', '41005c0000', allBytes].map((hex) =>
        bytesValue(hex),
      ),
      bytesValue(allBytes.repeat(400)),
      nullValue,
    ],
  },
  {
    name: 'varbinary_300',
    from: mysqlFamily('varbinary(300)'),
    becomes: { postgresql: 'bytea', mysql: 'varbinary(300)', mariadb: 'varbinary(300)', sqlite: 'BLOB' },
    values: [bytesValue(''), bytesValue('6100'), bytesValue('00'), bytesValue(allBytes), nullValue],
  },
  {
    // Short values are filled up with zero bytes by MySQL itself: what it holds is what travels.
    name: 'binary_4',
    from: mysqlFamily('binary(4)'),
    becomes: { postgresql: 'bytea', mysql: 'binary(4)', mariadb: 'binary(4)', sqlite: 'BLOB' },
    values: [
      value("X'61'", bytes('61000000')),
      value("X'00000000'", bytes('00000000')),
      value("X'61200020'", bytes('61200020')),
      value("''", bytes('00000000')),
      nullValue,
    ],
  },
  {
    name: 'tinyblob',
    from: mysqlFamily('tinyblob'),
    becomes: { postgresql: 'bytea', mysql: 'tinyblob', mariadb: 'tinyblob', sqlite: 'BLOB' },
    values: [bytesValue(''), bytesValue('00ff'), bytesValue('ab'.repeat(255))],
  },
  {
    name: 'mysql_blob',
    from: mysqlFamily('blob'),
    becomes: { postgresql: 'bytea', mysql: 'blob', mariadb: 'blob', sqlite: 'BLOB' },
    values: [bytesValue(''), bytesValue('0d0a00'), bytesValue('5c'.repeat(65_535))],
  },
  {
    name: 'mediumblob',
    from: mysqlFamily('mediumblob'),
    becomes: { postgresql: 'bytea', mysql: 'mediumblob', mariadb: 'mediumblob', sqlite: 'BLOB' },
    values: [bytesValue('5c0a09'), bytesValue('00'.repeat(70_000))],
  },
  {
    // A character column whose character set is `binary` is a binary column.
    name: 'char_binary',
    from: mysqlFamily('varchar(20) CHARACTER SET binary'),
    becomes: { postgresql: 'bytea', mysql: 'varbinary(20)', mariadb: 'varbinary(20)', sqlite: 'BLOB' },
    values: [bytesValue('80ff00'), nullValue],
  },
];
