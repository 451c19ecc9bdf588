/** The text of docs/run-file.md: fields, types and defaults come from the schemas, and a field without words here fails. */
import { z } from 'zod';
import { connectionInputSchema } from '../../src/shared/model/connection.ts';
import { streamOptionsSchema } from '../../src/shared/model/stream-config.ts';

export const runFilePageFile = new URL('../../docs/run-file.md', import.meta.url);

const introduction = `# The run file

What \`sluice run\`, \`plan\`, \`verify\` and \`profile\` read: JSON, the body of \`POST /stream-configs\`, in which \`source\` and
\`target\` are connections. Unknown fields and wrong values are errors that name the field.

\`\`\`json
{
  "source": "shop.db",
  "target": "postgresql://app:\${PGPASSWORD}@localhost/shop",
  "tables": [
    { "name": "orders", "where": "placed >= '2024-01-01'" },
    { "name": "customers", "columnOptions": { "notes": { "drop": true } } },
    { "name": "totals", "query": "SELECT customer, sum(price) AS total FROM orders GROUP BY customer" }
  ],
  "onRowError": "skip",
  "verify": true
}
\`\`\`

- \`source\`, \`target\`: a URL, the path of an SQLite file, a connection written out, or the name of one in \`connections\`. Relative
  paths are those of the run file's folder.
- \`connections\`: names and what they stand for, in the same forms.
- \`\${NAME}\` in a connection is the environment variable NAME; one that is not set is an error.
- \`name\`, and the \`id\` and \`created\` of a body that came from the API, are accepted and change nothing.

The same file started again continues a run that was interrupted: what the target has committed is not copied twice.

This page is made from the schemas by \`npm run docs\`.`;

interface Section {
  readonly title: string;
  readonly schema: z.ZodType;
  /** Field -> what it means, in the order of the page. */
  readonly meanings: Readonly<Record<string, string>>;
  /** Fields that have sections of their own. */
  readonly apart?: readonly string[];
}

const options = streamOptionsSchema.shape;
const table = options.tables.unwrap().element;
const columnOptions = table.shape.columnOptions.unwrap().valueType;

const sections: readonly Section[] = [
  {
    title: 'Fields',
    schema: streamOptionsSchema,
    apart: ['tables', 'rules', 'reportingIntervals', 'limits'],
    meanings: {
      mode: '`convert` copies once. `cdc` (following changes) is not available yet.',
      exclude: 'Tables left out, as `name`, `schema.name`, `*` or `schema.*`.',
      createStructure:
        'Make tables, keys, indexes and counters. `false`: the target tables are there, and columns match by name.',
      truncateTarget: 'Delete all rows of target tables first.',
      onExisting:
        'What to do with target tables that hold rows: `refuse` the run, `append` to them, or `drop` them and make them anew.',
      onRowError:
        'A row that the target refuses ends the run (`fail`), or is left out, counted and kept in a file (`skip`; the run then ends with 3).',
      maxRowErrors: 'With `skip`: more refused rows than this end the run.',
      verify: 'Compare source and target by value when all is copied.',
      parallelism: 'Tables and parts of tables at once. Without it, from the number of cores and of free connections.',
      chunkBytes: 'Largest part that commits at once, bytes.',
      identifierCase: 'Names on the target: as in the source, or in lower case.',
      schemaMap: 'Source schema -> target schema.',
      dataBundleSize: 'Rows of one bundle, the unit of counters. Writes may be larger.',
      pauseHoldsSnapshot:
        'A stream of the server that is paused while rows are copied keeps the snapshot of its source open, and goes on in it; see the README. `false`: a pause closes all connections.',
      operations: '`cdc` only: the changes that are followed.',
    },
  },
  {
    title: '`tables[]`',
    schema: table,
    apart: ['columnOptions'],
    meanings: {
      name: '`name`, `schema.name` (split at the first dot), `*` or `schema.*`. Without `tables`, all tables are copied.',
      schema: 'Schema of the table; a dot in `name` is then part of the name.',
      where: "Condition for rows, in the source's SQL.",
      columns: 'Columns to copy; without it all of them.',
      query: 'One SELECT whose rows are copied instead of a table; `name` is then the target table.',
      targetName: 'Name on the target.',
      targetSchema: 'Schema on the target.',
      operations: '`cdc` only.',
    },
  },
  {
    title: '`tables[].columnOptions`, by column',
    schema: columnOptions,
    meanings: {
      targetName: 'Name on the target.',
      targetType: "Type on the target, in the target's own words.",
      default: 'Default on the target as a value; `null` removes it.',
      drop: 'Leave the column out.',
    },
  },
  {
    title: '`rules`: values that the target cannot hold',
    schema: options.rules.unwrap(),
    meanings: {
      zeroDate: 'Zero dates of MySQL (0000-00-00, zero month or day): refuse the row, NULL, or 1970-01-01.',
      infiniteDate: "`infinity` of PostgreSQL's dates: refuse the row, NULL, or the target's first or last date.",
      notANumber: 'NaN and infinite numbers: refuse the row or NULL.',
      nulByte: 'Byte 0x00 in text for PostgreSQL: refuse the row, remove the byte, or put U+2400.',
      dateRange: "Dates outside the target's years: refuse the row or NULL.",
      tinyint1: 'tinyint(1) of MySQL: `auto` is boolean where only 0, 1 and NULL occur, otherwise smallint.',
      timeSpan: 'TIME of MySQL: `auto` is a time of day where all values are one, otherwise an interval.',
      json: 'JSON on PostgreSQL: `auto` is jsonb where the source keeps keys unique, otherwise json.',
    },
  },
  {
    title: '`limits`: the first one reached ends the run',
    schema: options.limits.unwrap(),
    meanings: {
      numberOfEvents: 'Rows in all; 0: no limit.',
      elapsedTime: 'Seconds at work, those before a pause included; 0: no limit.',
    },
  },
  {
    title: '`reportingIntervals`: seconds between reports, 0 for none',
    schema: options.reportingIntervals.unwrap(),
    meanings: {
      source: 'Of what was read.',
      target: "Of what was committed, and of the command line's progress lines.",
    },
  },
  {
    title: 'A connection',
    schema: connectionInputSchema,
    // The key in `connections` is the name there.
    apart: ['name'],
    meanings: {
      type: '`postgresql`, `mysql`, `mariadb` or `sqlite`.',
      url: 'Shorthand for the others; those that are given as well override it.',
      host: 'Host name or address.',
      port: "Port; without it the database's own.",
      socket: 'Unix socket, instead of host and port.',
      username: 'User name.',
      password: 'Password; better `${NAME}`.',
      database: 'Database on the server.',
      schema: 'PostgreSQL: the schema of names without one.',
      path: 'SQLite: the file.',
      ssl: '`{ "mode", "ca", "client_cert", "client_key" }`, see the README.',
    },
  },
];

/** Throws where the schemas have a field that is not described here, or the other way round. */
export function runFilePage(): string {
  return `${[introduction, ...sections.map(sectionText)].join('\n\n')}\n`;
}

interface JsonField {
  readonly type?: string | readonly string[];
  readonly enum?: readonly string[];
  readonly default?: unknown;
  readonly items?: JsonField;
  readonly minimum?: number;
  readonly maximum?: number;
}

function sectionText({ title, schema, meanings, apart = [] }: Section): string {
  const { properties = {} } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as {
    properties?: Record<string, JsonField>;
  };
  const known = Object.keys(properties).filter((name) => !apart.includes(name));
  const described = Object.keys(meanings);
  const wrong = [
    ...known.filter((name) => !described.includes(name)),
    ...described.filter((name) => !known.includes(name)),
  ];
  if (wrong.length > 0) throw new Error(`${title}: the page and the schema differ in ${wrong.join(', ')}`);
  const rows = described.map((name) => {
    const field = properties[name]!;
    const standard = 'default' in field ? `\`${JSON.stringify(field.default)}\`` : '';
    return `| \`${name}\` | ${typeOf(field)} | ${standard} | ${meanings[name]!} |`;
  });
  return [`## ${title}`, '', '| field | value | default | meaning |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

function typeOf(field: JsonField): string {
  if (field.enum) return field.enum.map((value) => `\`${value}\``).join(', ');
  if (field.items) return `list of ${typeOf(field.items)}`;
  const type = Array.isArray(field.type) ? field.type.join(' or ') : ((field.type as string | undefined) ?? 'any');
  const { minimum, maximum } = field;
  if (minimum === undefined) return type;
  return maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER
    ? `${type} from ${minimum}`
    : `${type}, ${minimum} to ${maximum}`;
}
