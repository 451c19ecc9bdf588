/** What both kinds understand of each other's expressions, by the functions that occur in them. Pure. */
import { nameOf, tokenizeSql } from '../../sql/sql-tokens.ts';
import { mysqlLexis } from './mysql-lexis.ts';

/** Functions that MySQL and MariaDB have in common and allow in checks, computed columns and defaults. */
const shared = new Set(
  (
    'abs ascii bin bit_count bit_length ceil ceiling char char_length character_length coalesce concat concat_ws conv cos cot ' +
    'crc32 curdate current_date current_time current_timestamp curtime date date_add date_format date_sub datediff day dayname ' +
    'dayofmonth dayofweek dayofyear degrees elt exp extract field find_in_set floor from_days greatest hex hour if ifnull ' +
    'inet_aton inet_ntoa instr json_array json_extract json_length json_object json_type json_unquote json_valid last_day lcase ' +
    'least left length ln locate log log10 log2 lower lpad ltrim makedate md5 microsecond mid minute mod month monthname now ' +
    'nullif octet_length ord period_add pi position pow power quarter quote radians repeat replace reverse right round rpad ' +
    'rtrim second sha1 sha2 sign sin soundex space sqrt strcmp str_to_date substr substring substring_index tan time ' +
    'time_to_sec timestampdiff to_days to_seconds trim truncate ucase unhex unix_timestamp upper utc_date utc_timestamp uuid week weekday year yearweek'
  ).split(' '),
);

/** Words before a parenthesis that are no functions. */
const grammar = new Set(
  'and or not xor in is between like when then else case on as div mod cast convert signed unsigned binary decimal interval'
    .split(' ')
    // Of PARTITION BY.
    .concat(['range', 'list', 'hash', 'key', 'columns'])
    .concat(['varchar', 'datetime', 'regexp', 'rlike', 'collate', 'charset']),
);

export function usesSharedFunctions(sql: string): boolean {
  const tokens = tokenizeSql(sql, mysqlLexis);
  return tokens.every((token, position) => {
    if (token.text === '->' || token.text === '->>') return false;
    const isCall = token.kind === 'word' && tokens[position + 1]?.text === '(';
    const name = nameOf(token).toLowerCase();
    return !isCall || shared.has(name) || grammar.has(name);
  });
}
