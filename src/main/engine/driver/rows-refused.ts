/** Thrown by a writer whose server does not take the rows of a unit: bad values, violated constraints. Never for a lost connection. */
export class RowsRefused extends Error {
  override readonly name = 'RowsRefused';
  /** SQLSTATE, errno or SQLite's code, as text. */
  readonly code: string;
  /** Column that the server named, null when it named none. */
  readonly column: string | null;

  constructor(message: string, code: string, column: string | null = null) {
    super(message);
    this.code = code;
    this.column = column;
  }
}
