import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/**
 * Electron's program where it can show windows, or null: ELECTRON_EXEC_PATH, else what the package `electron` has downloaded
 * (it does so when it is first used, which this does not count as).
 */
export function findElectron(): string | null {
  const hasScreen = process.platform !== 'linux' || process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY'];
  const program = process.env['ELECTRON_EXEC_PATH'] ?? downloadedProgram();
  return hasScreen && program !== null && existsSync(program) ? program : null;
}

function downloadedProgram(): string | null {
  const folder = dirname(createRequire(import.meta.url).resolve('electron/package.json'));
  const name = join(folder, 'path.txt');
  return existsSync(name) ? join(folder, 'dist', readFileSync(name, 'utf8').trim()) : null;
}
