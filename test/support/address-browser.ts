/** A browser that only writes down which address it is to show, for what opens one: set BROWSER to its `program`. */
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';

export interface AddressBrowser {
  readonly program: string;
  /** Waits until there is one. */
  address(): Promise<string>;
}

export function writeAddressBrowser(folder: string): AddressBrowser {
  const [program, shown] = [join(folder, 'browser'), join(folder, 'shown')];
  writeFileSync(program, `#!/bin/sh\nprintf %s "$1" > '${shown}.part' && mv '${shown}.part' '${shown}'\n`);
  chmodSync(program, 0o755);
  const address = async () => {
    await expect.poll(() => existsSync(shown), { timeout: 30_000 }).toBe(true);
    return readFileSync(shown, 'utf8');
  };
  return { program, address };
}
