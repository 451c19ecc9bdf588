/** The part of a (target) Session that is used here. */
export interface Statements {
  execute(sql: string): Promise<void>;
  query(sql: string): Promise<(string | null)[][]>;
}

/** What a server is asked beside moving rows. Rejects with a SluiceError. */
export interface Administration {
  /** A database that every server has, to connect to where the connection's own is missing. null: there are no servers. */
  readonly commonDatabase: string | null;
  /** Names of the databases that this user may connect to, without the server's own. */
  databases(session: Statements): Promise<string[]>;
  /** Rejects `config_invalid` where there are none. */
  createDatabase(session: Statements, name: string): Promise<void>;
  /** Rejects `config_invalid` where there are none. */
  createSchema(session: Statements, name: string): Promise<void>;
  /**
   * Ends the connections of a run whose process is gone: a server may notice that only when its statement is done. `session`
   * has another stream id. Resolves when they are gone, with their number.
   */
  endRun(session: Statements, streamId: string): Promise<number>;
}
