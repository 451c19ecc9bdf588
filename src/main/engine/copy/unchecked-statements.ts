/** Statements of one after the other while no foreign key of the target is looked at, on a connection that opens with the first. */
import type { Session, Writer } from '../driver/driver.ts';

export class UncheckedStatements implements AsyncDisposable {
  readonly #target: Pick<Session, 'openWriter'>;
  #writer: Writer | null = null;

  constructor(target: Pick<Session, 'openWriter'>) {
    this.#target = target;
  }

  async execute(sql: string): Promise<void> {
    this.#writer ??= await this.#target.openWriter();
    await this.#writer.begin('unchecked');
    try {
      await this.#writer.execute(sql);
      await this.#writer.commit();
    } catch (error) {
      await this.#writer.rollback().catch(() => undefined);
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writer?.[Symbol.asyncDispose]();
  }
}
