/** What only the text of a CREATE TABLE statement tells: constraint names, checks, generated columns, collations. */
import type { CheckSchema, ForeignKeySchema, GeneratedSchema } from '../../model/table-schema.ts';
import type { Token } from '../../sql/sql-tokens.ts';
import { TokenCursor } from '../../sql/token-cursor.ts';
import { sqliteLexis } from './sqlite-lexis.ts';

export interface ParsedTable {
  readonly columns: readonly ParsedColumn[];
  /** Of columns and of the table, in the order of the text. */
  readonly checks: readonly CheckSchema[];
  readonly uniques: readonly ParsedKey[];
  readonly primaryKey: ParsedKey | null;
  readonly foreignKeys: readonly ParsedForeignKey[];
  readonly autoincrement: boolean;
}

export interface ParsedColumn {
  readonly name: string;
  readonly collation: string | null;
  readonly generated: GeneratedSchema | null;
}

export interface ParsedKey {
  readonly name: string | null;
  readonly columns: readonly string[];
}

export interface ParsedForeignKey {
  readonly name: string | null;
  readonly deferrable: ForeignKeySchema['deferrable'];
}

const tableConstraints = new Set(['CONSTRAINT', 'PRIMARY', 'UNIQUE', 'CHECK', 'FOREIGN']);
const columnConstraints = new Set([
  ...['CONSTRAINT', 'PRIMARY', 'NOT', 'NULL', 'UNIQUE', 'CHECK', 'DEFAULT', 'COLLATE', 'REFERENCES', 'GENERATED', 'AS'],
]);

/** `sql`: a statement as sqlite_schema keeps it. Throws SyntaxError for what is no such statement. */
export function parseCreateTable(sql: string): ParsedTable {
  const cursor = new TokenCursor(sql, sqliteLexis);
  while (!cursor.sees('(')) cursor.next();
  cursor.expect('(');
  const parser = new BodyParser(cursor);
  parser.parse();
  return parser;
}

class BodyParser implements ParsedTable {
  readonly columns: ParsedColumn[] = [];
  readonly checks: CheckSchema[] = [];
  readonly uniques: ParsedKey[] = [];
  readonly foreignKeys: ParsedForeignKey[] = [];
  primaryKey: ParsedKey | null = null;
  autoincrement = false;
  readonly #cursor: TokenCursor;

  constructor(cursor: TokenCursor) {
    this.#cursor = cursor;
  }

  parse(): void {
    const cursor = this.#cursor;
    while (!cursor.take(')')) {
      const { current } = cursor;
      if (current?.kind === 'word' && tableConstraints.has(current.value)) this.#tableConstraint();
      else this.#column();
      // The comma between table constraints may be left out.
      cursor.take(',');
    }
  }

  #column(): void {
    const cursor = this.#cursor;
    const name = cursor.name();
    cursor.textUntil((token) => isOf(columnConstraints, token) || token.text === ',' || token.text === ')');
    let collation: string | null = null;
    let generated: GeneratedSchema | null = null;
    let constraint: string | null = null;
    while (isOf(columnConstraints, cursor.current)) {
      if (cursor.take('CONSTRAINT')) {
        constraint = cursor.name();
        continue;
      }
      if (cursor.take('COLLATE')) collation = cursor.name();
      else if (cursor.sees('GENERATED') || cursor.sees('AS')) generated = this.#generated();
      else this.#columnConstraint(name, constraint);
      constraint = null;
    }
    this.columns.push({ name, collation, generated });
  }

  #columnConstraint(column: string, name: string | null): void {
    const cursor = this.#cursor;
    if (cursor.take('PRIMARY', 'KEY')) {
      if (!cursor.take('ASC')) cursor.take('DESC');
      this.primaryKey = { name, columns: [column] };
      this.#conflict();
      if (cursor.take('AUTOINCREMENT')) this.autoincrement = true;
    } else if (cursor.take('UNIQUE')) {
      this.uniques.push({ name, columns: [column] });
      this.#conflict();
    } else if (cursor.take('CHECK')) {
      this.#check(name);
    } else if (cursor.take('DEFAULT')) {
      this.#default();
    } else if (cursor.take('REFERENCES')) {
      this.#references(name);
    } else {
      if (!cursor.take('NOT', 'NULL')) cursor.expect('NULL');
      this.#conflict();
    }
  }

  #tableConstraint(): void {
    const cursor = this.#cursor;
    const name = cursor.take('CONSTRAINT') ? cursor.name() : null;
    if (cursor.take('PRIMARY', 'KEY')) {
      this.primaryKey = { name, columns: this.#keyColumns() };
      this.#conflict();
    } else if (cursor.take('UNIQUE')) {
      this.uniques.push({ name, columns: this.#keyColumns() });
      this.#conflict();
    } else if (cursor.take('CHECK')) {
      this.#check(name);
    } else if (cursor.take('FOREIGN', 'KEY')) {
      cursor.parenthesised();
      cursor.expect('REFERENCES');
      this.#references(name);
    }
    // A constraint name without a constraint is allowed, and means nothing.
  }

  #keyColumns(): string[] {
    const cursor = this.#cursor;
    cursor.expect('(');
    const columns: string[] = [];
    for (;;) {
      columns.push(cursor.name());
      cursor.textUntil((token) => token.text === ',' || token.text === ')');
      if (cursor.take(')')) {
        return columns;
      }
      cursor.expect(',');
    }
  }

  #check(name: string | null): void {
    this.checks.push({ name, sql: this.#cursor.parenthesised(), enforced: true, validated: true });
    this.#conflict();
  }

  /** The value itself comes from the catalog; here it is only passed over. */
  #default(): void {
    const cursor = this.#cursor;
    if (cursor.sees('(')) cursor.parenthesised();
    else {
      if (!cursor.take('-')) cursor.take('+');
      cursor.next();
    }
  }

  #generated(): GeneratedSchema {
    const cursor = this.#cursor;
    cursor.take('GENERATED', 'ALWAYS');
    cursor.expect('AS');
    const sql = cursor.parenthesised();
    const stored = cursor.take('STORED');
    if (!stored) cursor.take('VIRTUAL');
    return { sql, stored };
  }

  #references(name: string | null): void {
    const cursor = this.#cursor;
    cursor.next();
    if (cursor.sees('(')) cursor.parenthesised();
    let deferrable: ForeignKeySchema['deferrable'] = 'no';
    for (;;) {
      if (cursor.take('ON')) this.#action();
      else if (cursor.take('MATCH')) cursor.next();
      else if (cursor.take('NOT', 'DEFERRABLE')) this.#initially();
      else if (cursor.take('DEFERRABLE')) deferrable = this.#initially() === 'DEFERRED' ? 'deferred' : 'immediate';
      else break;
    }
    this.foreignKeys.push({ name, deferrable });
  }

  #action(): void {
    const cursor = this.#cursor;
    cursor.next();
    if (cursor.take('SET') || cursor.take('NO')) cursor.next();
    else cursor.next();
  }

  #initially(): string | null {
    return this.#cursor.take('INITIALLY') ? this.#cursor.next().value : null;
  }

  #conflict(): void {
    if (this.#cursor.take('ON', 'CONFLICT')) this.#cursor.next();
  }
}

const isOf = (words: ReadonlySet<string>, token: Token | undefined): boolean =>
  token?.kind === 'word' && words.has(token.value);
