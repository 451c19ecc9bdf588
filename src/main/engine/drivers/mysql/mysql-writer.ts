/** Loads rows on one connection: LOAD DATA LOCAL, whose warnings are judged, or strict INSERT statements. */
import { Readable } from 'node:stream';
import { SluiceError } from '../../../../shared/errors/sluice-error.ts';
import type { Writer } from '../../driver/driver.ts';
import { RowsRefused } from '../../driver/rows-refused.ts';
import type { LoadUnit } from '../../model/row-bundle.ts';
import type { TablePlan } from '../../model/table-plan.ts';
import { insertStatements, RowTooLarge } from './insert-statements.ts';
import { isUntouched, LoadDataTranscoder } from './load-data-transcoder.ts';
import { loadPlan, type LoadPlan } from './load-plan.ts';
import type { MysqlConnection, StatementOutcome } from './mysql-connection.ts';
import { columnInMessage, errnoOf, refusesRows } from './mysql-errors.ts';

/** A slice of the file at most, so that one packet of it is always below max_allowed_packet. */
const sliceBytes = 256 * 1024;
/** INSERT statements are about this long: the server parses each in memory. */
const statementLength = 1024 ** 2;
/** Server or client forbid LOAD DATA LOCAL. */
const localInfileOff = new Set([1148, 2068, 3948, 4166]);

const savepoint = 'sluice_unit';

export class MysqlWriter implements Writer {
  readonly #connection: MysqlConnection;
  readonly #close: () => Promise<void>;
  readonly #packetBytes: number;
  readonly #plans = new WeakMap<TablePlan, LoadPlan>();
  #localInfile: boolean;
  /** What the session does about foreign keys now. */
  #keys: 'checked' | 'unchecked' = 'checked';

  private constructor(
    connection: MysqlConnection,
    close: () => Promise<void>,
    packetBytes: number,
    localInfile: boolean,
  ) {
    this.#connection = connection;
    this.#close = close;
    this.#packetBytes = packetBytes;
    this.#localInfile = localInfile;
  }

  static async open(connection: MysqlConnection, close: () => Promise<void>): Promise<MysqlWriter> {
    const [[packetBytes, localInfile]] = (await connection.rows('SELECT @@max_allowed_packet, @@local_infile')) as [
      [string, string],
    ];
    return new MysqlWriter(connection, close, Number(packetBytes), localInfile === '1');
  }

  async begin(keys: 'checked' | 'unchecked' = 'checked'): Promise<void> {
    if (keys !== this.#keys) {
      await this.#connection.run(`SET SESSION foreign_key_checks = ${keys === 'checked' ? 1 : 0}`);
      this.#keys = keys;
    }
    await this.#connection.run('START TRANSACTION');
  }

  async load(plan: TablePlan, unit: LoadUnit): Promise<void> {
    if (!this.#localInfile) return this.#insert(plan, unit);
    try {
      await this.#loadData(plan, unit);
    } catch (error) {
      if (!localInfileOff.has(errnoOf(error) ?? 0)) throw error;
      this.#localInfile = false;
      await this.#insert(plan, unit);
    }
  }

  async loadStrict(plan: TablePlan, unit: LoadUnit): Promise<void> {
    await this.#insert(plan, unit);
  }

  async execute(sql: string): Promise<void> {
    await this.#connection.run(sql);
  }

  async commit(): Promise<void> {
    await this.#connection.run('COMMIT');
  }

  async rollback(): Promise<void> {
    await this.#connection.run('ROLLBACK');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
  }

  async #loadData(plan: TablePlan, unit: LoadUnit): Promise<void> {
    const { loadSql, actions } = await this.#planOf(plan);
    const transcoder = actions.every(isUntouched) ? null : new LoadDataTranscoder(actions);
    await this.#undoable(async () => {
      const content = Readable.from(slices(unit, transcoder), { highWaterMark: 2 });
      const outcome = await this.#connection.load(loadSql, content);
      const { records, skipped, warnings } = countsOf(outcome);
      if (records === unit.rows && skipped === 0 && warnings === 0) return;
      throw await this.#refusal(`${records} of ${unit.rows} rows read, ${skipped} skipped, ${warnings} warnings`);
    });
  }

  async #insert(plan: TablePlan, unit: LoadUnit): Promise<void> {
    const target = await this.#planOf(plan);
    const text = (unit.kind === 'held' ? unit.bytes : await collect(unit.bytes)).toString();
    try {
      await this.#undoable(async () => {
        for (const statement of insertStatements(target, text, { statementLength, packetBytes: this.#packetBytes })) {
          const outcome = await this.#connection.run(statement, `INSERT INTO ${target.table} ...`);
          if (outcome.warnings > 0) throw await this.#refusal(`${outcome.warnings} warnings`);
        }
      });
    } catch (error) {
      if (!(error instanceof RowTooLarge)) throw error;
      // LOAD DATA has no such limit, and its first warning names the reason as well.
      if (this.#localInfile && unit.kind === 'held') return this.#loadData(plan, unit);
      throw new RowsRefused(
        `A row of "${plan.label}" is larger than the target's max_allowed_packet of ${this.#packetBytes} bytes: raise it, or enable local_infile.`,
        'ER_NET_PACKET_TOO_LARGE',
      );
    }
  }

  /** Runs `work` under a savepoint: if it fails, what it did is taken back, and a refusal by the server is RowsRefused. */
  async #undoable(work: () => Promise<void>): Promise<void> {
    await this.#connection.run(`SAVEPOINT ${savepoint}`);
    try {
      await work();
    } catch (thrown) {
      const refused = thrown instanceof SluiceError && refusesRows(thrown) ? asRefusal(thrown) : thrown;
      await this.#connection.run(`ROLLBACK TO SAVEPOINT ${savepoint}`).catch((error: unknown) => {
        // The server rolled the whole transaction back (deadlock, disk full): its own error says why. Rows that are merely
        // refused leave the savepoint; without it earlier units are lost too.
        if (refused instanceof RowsRefused || refused instanceof RowTooLarge) throw error;
      });
      throw refused;
    }
  }

  /** The first warning of the last statement as a refusal. */
  async #refusal(summary: string): Promise<RowsRefused> {
    const [warning] = await this.#connection.rows('SHOW WARNINGS LIMIT 1');
    const [, code = '', message = summary] = (warning ?? []) as string[];
    return new RowsRefused(`${withoutRowNumber(message)} (${summary})`, code, columnInMessage(message));
  }

  async #planOf(plan: TablePlan): Promise<LoadPlan> {
    const known = this.#plans.get(plan);
    if (known) return known;
    const made = await loadPlan(this.#connection, plan);
    this.#plans.set(plan, made);
    return made;
  }
}

function asRefusal(error: SluiceError): RowsRefused {
  // The server's own words: where it is says nothing about a row.
  const message = error.cause instanceof Error ? error.cause.message : error.message;
  return new RowsRefused(withoutRowNumber(message), String(error.details['errno']), columnInMessage(message));
}

/** The number is that of the row in a statement of ours. */
const withoutRowNumber = (message: string) => message.replace(/ at row \d+\.?$/, '');

/** `Records: 3  Deleted: 0  Skipped: 1  Warnings: 2` */
function countsOf({ info, warnings }: StatementOutcome): { records: number; skipped: number; warnings: number } {
  const [records = -1, , skipped = 0, warned = 0] = (info.match(/\d+/g) ?? []).map(Number);
  return { records, skipped, warnings: Math.max(warned, warnings) };
}

async function* slices(unit: LoadUnit, transcoder: LoadDataTranscoder | null): AsyncGenerator<Buffer> {
  const parts = unit.kind === 'held' ? [unit.bytes] : unit.bytes;
  for await (const part of parts) {
    for (let from = 0; from < part.length; from += sliceBytes) {
      const slice = part.subarray(from, from + sliceBytes);
      const content = transcoder ? transcoder.push(slice) : slice;
      // An empty packet would end the file.
      if (content.length > 0) yield content;
    }
  }
}

async function collect(parts: AsyncIterable<Buffer>): Promise<Buffer> {
  const held: Buffer[] = [];
  for await (const part of parts) held.push(part);
  return Buffer.concat(held);
}
