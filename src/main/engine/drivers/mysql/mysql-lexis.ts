import type { SqlLexis } from '../../sql/sql-lexis.ts';

/** In our sessions, whose sql_mode leaves double quotes to texts and backslashes on. */
export const mysqlLexis: SqlLexis = { nameMarks: '`', textMarks: `'"`, backslashes: 'always', hashComments: true };
