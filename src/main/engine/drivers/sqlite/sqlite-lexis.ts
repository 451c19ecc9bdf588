import type { SqlLexis } from '../../sql/sql-lexis.ts';

export const sqliteLexis: SqlLexis = { nameMarks: '"`[', textMarks: "'", backslashes: 'never', hashComments: false };
