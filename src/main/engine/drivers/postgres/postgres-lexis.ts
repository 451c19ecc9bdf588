import type { SqlLexis } from '../../sql/sql-lexis.ts';

export const postgresLexis: SqlLexis = { nameMarks: '"', textMarks: "'", backslashes: 'after E', hashComments: false };
