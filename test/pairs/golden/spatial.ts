/**
 * MySQL geometry. Its bytes are a 4-byte SRID and WKB; elsewhere than on MySQL and MariaDB (PostgreSQL without PostGIS,
 * SQLite) a geometry is EWKB in hex: what PostGIS takes as it is.
 */
import { mysqlFamily, nullValue, value, type GoldenCase } from './golden-case.ts';

const pointOneTwo = '000000000000F03F0000000000000040';

export const spatialCases: readonly GoldenCase[] = [
  {
    name: 'mysql_point',
    finds: { postgresql: 'geometry_as_text' },
    from: mysqlFamily('point'),
    becomes: { postgresql: 'text', mysql: 'point', mariadb: 'point', sqlite: 'GEOMETRY_TEXT' },
    values: [
      value("ST_GeomFromText('POINT(1 2)')", {
        postgresql: `0101000000${pointOneTwo}`.toLowerCase(),
        ...mysqlFamily(`0x000000000101000000${pointOneTwo}`),
        sqlite: `'${`0101000000${pointOneTwo}`.toLowerCase()}'`,
      }),
      nullValue,
    ],
  },
  {
    // The SRID goes with the value: flag 0x20000000 and four bytes in EWKB.
    name: 'mysql_geometry_srid',
    from: mysqlFamily('geometry'),
    becomes: { postgresql: 'text', mysql: 'geometry', mariadb: 'geometry', sqlite: 'GEOMETRY_TEXT' },
    values: [
      value("ST_GeomFromText('POINT(1 2)', 3857)", {
        postgresql: `0101000020110f0000${pointOneTwo}`.toLowerCase(),
        ...mysqlFamily(`0x110F00000101000000${pointOneTwo}`),
        sqlite: `'${`0101000020110f0000${pointOneTwo}`.toLowerCase()}'`,
      }),
      value("ST_GeomFromText('LINESTRING(1 2,1 2)')", {
        postgresql: `010200000002000000${pointOneTwo}${pointOneTwo}`.toLowerCase(),
        ...mysqlFamily(`0x00000000010200000002000000${pointOneTwo}${pointOneTwo}`),
        sqlite: `'${`010200000002000000${pointOneTwo}${pointOneTwo}`.toLowerCase()}'`,
      }),
      nullValue,
    ],
  },
  {
    name: 'mysql_vector',
    finds: { mariadb: 'type_as_bytes' },
    from: { mysql: 'vector(2)' },
    becomes: { postgresql: 'bytea', mysql: 'vector(2)', mariadb: 'longblob', sqlite: 'BLOB' },
    show: mysqlFamily("CONCAT('0x', HEX(v))"),
    values: [
      value("STRING_TO_VECTOR('[1.5,-2]')", {
        postgresql: '\\x0000c03f000000c0',
        ...mysqlFamily('0x0000C03F000000C0'),
        sqlite: "X'0000C03F000000C0'",
      }),
      nullValue,
    ],
  },
];
