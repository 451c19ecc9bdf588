/**
 * Suites that need something of the machine. Where it is missing the suite becomes one skipped test named
 * `needs <what>`, which the test runner prints as one line (and counts as a failure where it must not be missing).
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, test } from 'vitest';
import { findElectron } from './find-electron.ts';
import { findProgram } from './find-program.ts';
import { testServers, type ServerAddress, type ServerName } from './servers.ts';

/** The databases' own command-line clients, and what the programs are called. */
const clientPrograms = { psql: 'psql', 'mariadb-client': 'mariadb', sqlite3: 'sqlite3' };

export type Need = ServerName | keyof typeof clientPrograms;

/** A suite on real servers, and with the clients that it names: `suite` gets the address of each server of `needs`. */
export function describeServers<Name extends Need>(
  title: string,
  needs: readonly Name[],
  suite: (servers: Record<Extract<Name, ServerName>, ServerAddress>) => void,
): void {
  const servers = testServers();
  const isMissing = (need: Need) =>
    need in clientPrograms
      ? findProgram(clientPrograms[need as keyof typeof clientPrograms]) === null
      : servers[need as ServerName] === undefined;
  // Complete when nothing is missing, which is the only case in which it is used.
  const addresses = servers as Record<Extract<Name, ServerName>, ServerAddress>;
  describeNeeds(title, needs.filter(isMissing), () => suite(addresses));
}

/** The same suite once for each of `names`, titled `title on name`. */
export function describeEachServer<Name extends ServerName>(
  title: string,
  names: readonly Name[],
  suite: (server: ServerAddress, name: Name) => void,
): void {
  for (const name of names)
    describeServers<ServerName>(`${title} on ${name}`, [name], (servers) => {
      suite(servers[name], name);
    });
}

/** A suite that runs programs found in PATH, e.g. `sqlite3` or `psql`. */
export function describePrograms(title: string, programs: readonly string[], suite: () => void): void {
  const missing = programs.filter((program) => findProgram(program) === null);
  describeNeeds(title, missing, suite);
}

/** A suite in the real Electron; `suite` gets its program. */
export function describeElectron(title: string, suite: (program: string) => void): void {
  const program = findElectron();
  describeNeeds(title, program === null ? ['electron'] : [], () => {
    if (program !== null) suite(program);
  });
}

/** A suite on the sample databases beside the project; `suite` gets their folder. */
export function describeSharedData(title: string, suite: (folder: string) => void): void {
  const folder = sharedData();
  describeNeeds(title, folder === null ? ['../shared/data'] : [], () => {
    if (folder !== null) suite(folder);
  });
}

/** Folder of public sample databases beside the project, or null where there is none. */
export function sharedData(): string | null {
  const folder = fileURLToPath(new URL('../../../shared/data', import.meta.url));
  return existsSync(folder) ? folder : null;
}

export function describeNeeds(title: string, missing: readonly string[], suite: () => void): void {
  if (missing.length === 0) describe(title, suite);
  else describe(title, () => missing.forEach((what) => test.skip(`needs ${what}`, () => undefined)));
}
