/** The application as `npm run build` makes it, in a folder of its own. */
import { copyFileSync, mkdirSync, mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runProgram } from '../../support/run-program.ts';

const project = fileURLToPath(new URL('../../..', import.meta.url));

export interface BuiltApp extends AsyncDisposable {
  /** Absolute; stands for `out`: beside package.json, with main, preload and renderer in it. */
  readonly output: string;
}

/** Within the project, since packages stay outside the bundles and are looked for from there. */
export async function buildApp(): Promise<BuiltApp> {
  const cache = join(project, '.cache');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'built-'));
  const output = join(folder, 'out');
  copyFileSync(join(project, 'package.json'), join(folder, 'package.json'));
  const builder = join(
    dirname(createRequire(import.meta.url).resolve('electron-vite/package.json')),
    'bin/electron-vite.js',
  );
  await runProgram(process.execPath, [builder, 'build', '--outDir', output], {
    cwd: project,
    // That of tests would make it a build for developers.
    env: { ...process.env, NODE_ENV: 'production' },
  });
  return { output, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}
