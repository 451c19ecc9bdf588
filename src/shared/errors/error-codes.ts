/**
 * Every error that Sluice reports, with its cause and the way out. `exit`: the command line's exit code; `http`: the
 * REST status. `resumable`: a FAILED stream with this error may be resumed. `retry`: tried again with backoff first.
 */
export interface ErrorFacts {
  readonly cause: string;
  readonly remedy: string;
  readonly exit: 1 | 2 | 3 | 4;
  readonly http: number;
  readonly resumable: boolean;
  readonly retry: boolean;
}

const facts = (cause: string, remedy: string, rest: Partial<ErrorFacts> = {}): ErrorFacts => ({
  exit: 1,
  http: 503,
  resumable: false,
  retry: false,
  ...rest,
  cause,
  remedy,
});

export const errorCodes = {
  // usage and config
  config_invalid: facts(
    'A config or argument has an unknown, missing or wrong field.',
    'Correct the field that the message names.',
    { exit: 2, http: 400 },
  ),
  file_missing: facts('A file does not exist or cannot be read.', 'Check the path and its permissions.', {
    exit: 2,
    http: 400,
  }),
  node_too_old: facts(
    'Sluice runs on Node.js 24.',
    'Start it with `npx sluice` or `npm run`, which find the Node.js that it brings along.',
    { exit: 2, http: 400 },
  ),
  // doors: what the REST API and the window answer before a database is asked
  not_found: facts('Nothing has this id or address.', 'List what there is and use an id of it.', {
    exit: 2,
    http: 404,
  }),
  method_unknown: facts('The address exists, but not with this method.', 'See /docs for the methods of each address.', {
    exit: 2,
    http: 405,
  }),
  conflict: facts(
    'The state of a stream or an object in use does not allow this.',
    'Do what the message says first, then repeat.',
    { http: 409 },
  ),
  unauthorized: facts(
    'The API key is missing or wrong.',
    'Send the key that Settings shows in the header `X-API-Key`.',
    { exit: 2, http: 401 },
  ),
  host_forbidden: facts(
    'The Host header names neither this computer nor a host that was allowed.',
    'Use a loopback name such as 127.0.0.1, or add the host to the setting `allowedHosts`.',
    { exit: 2, http: 403 },
  ),
  request_too_slow: facts('A request was not sent in full in time.', 'Send it again over a faster connection.', {
    exit: 2,
    http: 408,
  }),
  body_too_large: facts('The body of a request is too long.', 'Send less at once.', { exit: 2, http: 413 }),
  media_type_unsupported: facts(
    'The body of a request is of a type that is not read here.',
    'Send JSON with `Content-Type: application/json`.',
    { exit: 2, http: 415 },
  ),
  unavailable: facts('Sluice is starting up or shutting down.', 'Try again in a moment.', { retry: true }),
  deadline_exceeded: facts(
    'A database did not finish a request in the time given for it.',
    'Check the load of the server, then try again.',
    { resumable: true },
  ),
  secret_missing: facts(
    'A password or key of a connection is not in the keychain and not in the environment.',
    'Enter it again at the connection, or set the environment variable that it names.',
    { http: 409, resumable: true },
  ),
  keychain_failed: facts(
    'The keychain of the operating system did not answer or refused.',
    'Unlock the keychain, then try again.',
    { resumable: true },
  ),
  data_directory_in_use: facts(
    'Another Sluice works on the same data directory.',
    'Close the other one, or start this one with another `--data-dir`.',
    { exit: 2, http: 409 },
  ),
  data_file_failed: facts(
    'A file of Sluice itself cannot be read or written.',
    'Check its path and permissions, and the free room of its disk.',
    { exit: 2 },
  ),
  data_file_newer: facts(
    'A file in the data directory was written by a newer Sluice.',
    'Start the newer version, or use another `--data-dir`.',
    { exit: 2, http: 500 },
  ),
  port_in_use: facts('Another program listens on the port.', 'Choose another port with `--port`.', {
    exit: 2,
    http: 409,
  }),
  host_crashed: facts(
    'The process that ran the stream ended without a word.',
    'Resume: the stream goes on from what the target has committed.',
    { resumable: true },
  ),
  // reaching a server
  host_unknown: facts('The host name does not resolve.', 'Check the spelling of the host, and your DNS or VPN.', {
    retry: true,
    resumable: true,
  }),
  connection_refused: facts(
    'Nothing listens at the host and port, or a firewall drops the connection.',
    'Check host and port, that the server runs and that it listens on this address.',
    { retry: true, resumable: true },
  ),
  connection_timeout: facts('The server did not answer in time.', 'Check host, port and firewall.', {
    retry: true,
    resumable: true,
  }),
  server_lost: facts('The connection broke while it was in use.', 'Resume when the server is back.', {
    retry: true,
    resumable: true,
  }),
  too_many_connections: facts(
    'The server has no free connection.',
    'Lower `parallelism`, or raise the limit of the server.',
    { retry: true, resumable: true },
  ),
  tls_failed: facts(
    'The encrypted connection could not be set up.',
    'Check `ssl.mode`, the certificates and the host name in them.',
    { resumable: true },
  ),
  authentication_failed: facts(
    'User name or password is wrong, or this user may not connect from here.',
    'Check user name and password.',
    { resumable: true },
  ),
  database_missing: facts('The server has no database of this name.', 'Check the name, or create the database first.', {
    http: 400,
  }),
  unsupported_server: facts(
    'The server is of another kind or too old.',
    'Choose the connection type that the server has.',
    { http: 400 },
  ),
  // what is asked of it
  table_missing: facts(
    'The database has no table of this name.',
    'Check name and schema; names are case-sensitive where the database is.',
    { exit: 2, http: 400 },
  ),
  column_missing: facts('The table has no column of this name.', 'Check the name.', { exit: 2, http: 400 }),
  query_invalid: facts(
    'A custom query is not one statement that returns rows and changes nothing.',
    'Give a single SELECT.',
    { exit: 2, http: 400 },
  ),
  permission_denied: facts('The user lacks a privilege.', 'Grant what the message names.', { resumable: true }),
  refused_by_preflight: facts(
    'Checks found something that would make the copy wrong or destroy data.',
    'Mend what the findings say.',
    { exit: 4, http: 409 },
  ),
  target_not_empty: facts(
    'A target table has rows.',
    'Set `truncateTarget: true`, or `onExisting` to `append` or `drop`, or choose an empty target.',
    { exit: 4, http: 409 },
  ),
  target_differs: facts(
    'A target table exists with another shape.',
    'Rename or drop it, or map its columns with `columnOptions`.',
    { exit: 4, http: 409 },
  ),
  same_database: facts(
    'A target table is one of the source tables.',
    'Choose another target database, schema or `targetName`.',
    { exit: 4, http: 409 },
  ),
  target_in_use: facts('Another process writes or locks the target.', 'Close the other program, then run again.', {
    exit: 4,
    http: 409,
    retry: true,
    resumable: true,
  }),
  source_in_use: facts('Another process holds the source locked.', 'Close the other program, then run again.', {
    retry: true,
    resumable: true,
  }),
  // while rows move
  rows_refused: facts('The target refused rows.', 'See the row errors; mend the rows or set `onRowError: skip`.', {
    resumable: true,
  }),
  too_many_row_errors: facts(
    'More rows were refused than `maxRowErrors` allows.',
    'See the row errors, raise `maxRowErrors`, then resume.',
    { resumable: true },
  ),
  value_unsupported: facts(
    'A value has no equal in the target.',
    'Set the rule that the message names under `rules`.',
    { resumable: true },
  ),
  constraint_failed: facts(
    'An index or constraint cannot be built over the copied rows.',
    'Mend the rows that the message names, then resume: it is tried again.',
    { resumable: true },
  ),
  deadlock: facts('The server ended a transaction to resolve a deadlock.', 'It is tried again by itself.', {
    retry: true,
    resumable: true,
  }),
  lock_timeout: facts('A lock was not granted in time.', 'Find the session that holds the lock, then resume.', {
    retry: true,
    resumable: true,
  }),
  disk_full: facts('A disk is full.', 'Make room, then resume.', { retry: true, resumable: true }),
  differences_found: facts('Verification found differences.', 'Run `sluice verify --repair`, or see the report.', {
    exit: 3,
    resumable: true,
  }),
  snapshot_lost: facts('The snapshot on the source is gone.', 'Resume: unfinished tables start again.', {
    resumable: true,
  }),
  cancelled: facts('The run was cancelled.', 'Start it again.'),
  database_error: facts('The database reported an error that has no code of its own here.', 'See the message.'),
  internal: facts('A defect in Sluice.', 'Please report it with the message.', { http: 500 }),
} as const satisfies Record<string, ErrorFacts>;

export type ErrorCode = keyof typeof errorCodes;
