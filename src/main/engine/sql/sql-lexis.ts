/** How a database's SQL is cut into tokens: what differs between the databases, as data. */
export interface SqlLexis {
  /** Opening marks of quoted names, of `"`, `` ` `` and `[`. */
  readonly nameMarks: string;
  /** Opening marks of text, of `'` and `"`. */
  readonly textMarks: string;
  /** Where a backslash escapes in text: everywhere (MySQL), after `E` (PostgreSQL), nowhere (SQLite). */
  readonly backslashes: 'always' | 'after E' | 'never';
  /** `#` begins a comment (MySQL). */
  readonly hashComments: boolean;
}
