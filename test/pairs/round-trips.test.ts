/** Databases that go to another kind and come back: what the databases' own clients say of them afterwards. */
import { describe, expect, test } from 'vitest';
import { databaseTitles, type DatabaseKind } from '../../src/shared/model/database-kind.ts';
import { copyDatabase } from '../support/copy-database.ts';
import { readRows, runScript } from '../support/database-clients.ts';
import { describeServers } from '../support/needs.ts';
import { createScratchDatabase, serversOf, type ScratchDatabase } from '../support/scratch-database.ts';

const countries = `
  CREATE TABLE country (id INT PRIMARY KEY, name VARCHAR(9), KEY by_name (name));
  CREATE TABLE city (id INT PRIMARY KEY, name VARCHAR(9), country_id INT, UNIQUE KEY by_country (country_id, name),
    KEY by_name (name), CONSTRAINT ${'k'.repeat(64)} FOREIGN KEY (country_id) REFERENCES country (id));`;

interface Trip {
  readonly source: DatabaseKind;
  readonly via: DatabaseKind;
  readonly script: string;
}

/** The database that has come back. */
async function roundTrip({ source, via, script }: Trip): Promise<ScratchDatabase> {
  await using origin = await createScratchDatabase(source);
  await using between = await createScratchDatabase(via);
  await runScript(origin.settings, script);
  await copyDatabase(origin.settings, between.settings);
  const back = await createScratchDatabase(source);
  await copyDatabase(between.settings, back.settings);
  return back;
}

async function rowsOf({ settings }: ScratchDatabase, sql: string): Promise<string[][]> {
  const { rows, errors } = await readRows(settings, [sql]);
  if (errors !== '') throw new Error(errors);
  return rows;
}

function describeTrip(source: DatabaseKind, via: DatabaseKind, define: () => void): void {
  const title = `${databaseTitles[source]} to ${databaseTitles[via]} and back`;
  describeServers(title, [...new Set([...serversOf(source), ...serversOf(via)])], define);
}

describe.each(['mysql', 'mariadb'] as const)('%s', (source) => {
  describeTrip(source, 'sqlite', () => {
    test('keys refer to numbers that SQLite has in one width only, also through a table between', async () => {
      await using back = await roundTrip({
        source,
        via: 'sqlite',
        script: `
          CREATE TABLE country (id SMALLINT UNSIGNED AUTO_INCREMENT PRIMARY KEY);
          CREATE TABLE capital (country_id SMALLINT UNSIGNED PRIMARY KEY, FOREIGN KEY (country_id) REFERENCES country (id));
          CREATE TABLE mayor (id INT PRIMARY KEY, capital_id SMALLINT UNSIGNED, active TINYINT(1) NOT NULL,
            FOREIGN KEY (capital_id) REFERENCES capital (country_id));
          INSERT INTO country VALUES (1), (65535); INSERT INTO capital VALUES (65535); INSERT INTO mayor VALUES (1, 65535, 1);`,
      });
      expect(
        await rowsOf(
          back,
          `SELECT table_name, column_name, referenced_table_name FROM information_schema.key_column_usage
           WHERE table_schema = DATABASE() AND referenced_table_name IS NOT NULL ORDER BY 1`,
        ),
      ).toEqual([
        ['capital', 'country_id', 'country'],
        ['mayor', 'capital_id', 'capital'],
      ]);
      expect(await rowsOf(back, 'SELECT capital_id, active FROM mayor')).toEqual([['65535', '1']]);
    });
  });

  for (const via of ['postgresql', 'sqlite'] as const) {
    describeTrip(source, via, () => {
      test('indexes and keys keep their names, but for one that another table has taken', async () => {
        await using back = await roundTrip({ source, via, script: countries });
        const indexes = `SELECT table_name, index_name FROM information_schema.statistics
          WHERE table_schema = DATABASE() AND index_name <> 'PRIMARY' GROUP BY 1, 2 ORDER BY 1, 2`;
        expect(await rowsOf(back, indexes)).toEqual([
          ['city', 'by_country'],
          ['city', 'by_name'],
          ['country', 'country_by_name'],
        ]);
        const keys =
          'SELECT constraint_name FROM information_schema.referential_constraints WHERE constraint_schema = DATABASE()';
        const [[name]] = (await rowsOf(back, keys)) as [[string]];
        // PostgreSQL's names have 63 bytes.
        expect(name).toMatch(via === 'sqlite' ? /^k{64}$/ : /^k{56}_[0-9a-f]{6}$/);
      });
    });
  }

  describeTrip('sqlite', source, () => {
    test('unique constraints without a name have none again', async () => {
      await using back = await roundTrip({
        source: 'sqlite',
        via: source,
        script: 'CREATE TABLE a (b VARCHAR(9), c VARCHAR(9), UNIQUE (b, c)); INSERT INTO a VALUES (1, 2), (1, 3);',
      });
      expect(await rowsOf(back, `SELECT origin, "unique" FROM pragma_index_list('a')`)).toEqual([['u', '1']]);
      await expect(rowsOf(back, 'INSERT INTO a VALUES (1, 3)')).rejects.toThrow('UNIQUE');
    });
  });
});

describeTrip('postgresql', 'sqlite', () => {
  test('what PostgreSQL cannot compare has no index, and no run fails by it', async () => {
    await using back = await roundTrip({
      source: 'postgresql',
      via: 'sqlite',
      script:
        'CREATE TABLE a (id int PRIMARY KEY, b int[], UNIQUE (b, id)); CREATE INDEX ON a (b); INSERT INTO a VALUES (1);',
    });
    const columns = `SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = 'a'::regclass AND attnum > 0`;
    expect(await rowsOf(back, columns)).toEqual([['integer'], ['json']]);
    expect(await rowsOf(back, `SELECT count(*) FROM pg_index WHERE indrelid = 'a'::regclass`)).toEqual([['1']]);
  });
});

describeTrip('postgresql', 'postgresql', () => {
  test('serial columns, defaults and collations stay as they were written', async () => {
    const script = `
      CREATE SCHEMA words; CREATE COLLATION words."as numbers" (provider = icu, locale = '@colNumeric=yes');
      CREATE COLLATION words.any_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
      CREATE TABLE a (id smallserial PRIMARY KEY, other serial, small smallint NOT NULL DEFAULT 0, made timestamp DEFAULT now(),
        day date DEFAULT now(), word varchar(9) COLLATE words."as numbers" DEFAULT 'x', name text COLLATE words.any_case UNIQUE);
      ALTER SEQUENCE a_other_seq RENAME TO "numbers of a"; ALTER SEQUENCE a_id_seq MAXVALUE 99 CYCLE;
      CREATE INDEX by_word ON a (word COLLATE "C"); INSERT INTO a (name) VALUES ('one'), ('two');`;
    await using origin = await createScratchDatabase('postgresql');
    await runScript(origin.settings, script);
    await using copied = await createScratchDatabase('postgresql');
    await copyDatabase(origin.settings, copied.settings);
    const described = async (database: ScratchDatabase) => [
      ...(await rowsOf(
        database,
        `SELECT attname, format_type(atttypid, atttypmod), attidentity, attcollation::regcollation, pg_get_expr(adbin, adrelid)
          FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
          WHERE attrelid = 'a'::regclass AND attnum > 0 ORDER BY attnum`,
      )),
      ...(await rowsOf(
        database,
        `SELECT s.seqrelid::regclass, seqtypid::regtype, seqmax, seqcycle, refobjsubid FROM pg_sequence s
          JOIN pg_depend d ON d.objid = s.seqrelid AND d.refobjid = 'a'::regclass AND d.deptype = 'a' ORDER BY 1`,
      )),
      ...(await rowsOf(database, `SELECT indexdef FROM pg_indexes WHERE tablename = 'a' ORDER BY 1`)),
    ];
    const expected = await described(origin);
    expect(expected).toHaveLength(7 + 2 + 3);
    expect(await described(copied)).toEqual(expected);
    const inserted = 'INSERT INTO a (name) VALUES (1) RETURNING id, other';
    expect(await rowsOf(copied, inserted)).toEqual([['3', '3']]);
    await expect(rowsOf(copied, "INSERT INTO a (name) VALUES ('ONE')")).rejects.toThrow('duplicate key');
  });

  test('a schema that holds views only', async () => {
    await using back = await roundTrip({
      source: 'postgresql',
      via: 'postgresql',
      script: `CREATE TABLE a (id int PRIMARY KEY); INSERT INTO a VALUES (7); CREATE SCHEMA "short ones";
        CREATE VIEW "short ones".a AS SELECT id AS number FROM a;`,
    });
    expect(await rowsOf(back, 'SELECT number FROM "short ones".a')).toEqual([['7']]);
  });
});
