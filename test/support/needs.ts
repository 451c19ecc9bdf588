/**
 * Suites that need something of the machine. Where it is missing the suite becomes one skipped test named
 * `needs <what>`, which the test runner prints as one line (and counts as a failure where it must not be missing).
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, test } from 'vitest';
import { findProgram } from './find-program.ts';
import { testServers, type ServerAddress, type ServerName } from './servers.ts';

/** A suite on real servers: `suite` gets the address of each of `names`. */
export function describeServers<Name extends ServerName>(
  title: string,
  names: readonly Name[],
  suite: (servers: Record<Name, ServerAddress>) => void,
): void {
  const servers = testServers();
  const missing = names.filter((name) => servers[name] === undefined);
  // Complete when nothing is missing, which is the only case in which it is used.
  describeUnlessMissing(title, missing, () => suite(servers as Record<Name, ServerAddress>));
}

/** The same suite once for each of `names`, titled `title on name`. */
export function describeEachServer<Name extends ServerName>(
  title: string,
  names: readonly Name[],
  suite: (server: ServerAddress, name: Name) => void,
): void {
  for (const name of names)
    describeServers(`${title} on ${name}`, [name], (servers) => {
      suite(servers[name], name);
    });
}

/** A suite that runs programs found in PATH, e.g. `sqlite3` or `psql`. */
export function describePrograms(title: string, programs: readonly string[], suite: () => void): void {
  const missing = programs.filter((program) => findProgram(program) === null);
  describeUnlessMissing(title, missing, suite);
}

/** A suite on the sample databases beside the project; `suite` gets their folder. */
export function describeSharedData(title: string, suite: (folder: string) => void): void {
  const folder = sharedData();
  describeUnlessMissing(title, folder === null ? ['../shared/data'] : [], () => {
    if (folder !== null) suite(folder);
  });
}

/** Folder of public sample databases beside the project, or null where there is none. */
export function sharedData(): string | null {
  const folder = fileURLToPath(new URL('../../../shared/data', import.meta.url));
  return existsSync(folder) ? folder : null;
}

function describeUnlessMissing(title: string, missing: readonly string[], suite: () => void): void {
  if (missing.length === 0) describe(title, suite);
  else describe(title, () => missing.forEach((what) => test.skip(`needs ${what}`, () => undefined)));
}
