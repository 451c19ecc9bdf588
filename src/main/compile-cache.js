// Plain JavaScript: it is loaded before anything that an older Node.js cannot read.
import { mkdirSync } from 'node:fs';
import { enableCompileCache, getCompileCacheDir } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Keeps compiled code for the next start, which then takes half the time: in a folder of this user's own, since code is run
 * from it. Hosts find it by their environment. Without such a folder nothing is kept.
 */
export function keepCompiledCode() {
  // The user named a folder, and Node.js has taken it.
  if (getCompileCacheDir() !== undefined) return;
  const folder = join(cacheFolder(), 'sluice', 'compiled');
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    enableCompileCache(folder);
    process.env['NODE_COMPILE_CACHE'] = folder;
  } catch {
    // A home that cannot be written to costs time only.
  }
}

function cacheFolder() {
  const { env, platform } = process;
  if (platform === 'darwin') return join(homedir(), 'Library', 'Caches');
  if (platform === 'win32') return env['LOCALAPPDATA'] || join(homedir(), 'AppData', 'Local');
  return env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
}
