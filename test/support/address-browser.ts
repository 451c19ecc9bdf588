/** A browser that only writes down what it is to show, for what opens one: set BROWSER to its `program`, and HOME to `home`. */
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

export interface AddressBrowser {
  readonly environment: { readonly BROWSER: string; readonly HOME: string };
  /** The file that it is to show: what it got as an argument. Waits until there is one. */
  page(): Promise<string>;
  /** Where that page leads. */
  address(): Promise<string>;
}

export function writeAddressBrowser(folder: string): AddressBrowser {
  const [program, shown, home] = [join(folder, 'browser'), join(folder, 'shown'), join(folder, 'home')];
  mkdirSync(home);
  writeFileSync(program, `#!/bin/sh\nprintf %s "$1" > '${shown}.part' && mv '${shown}.part' '${shown}'\n`);
  chmodSync(program, 0o755);
  const page = async () => {
    await expect.poll(() => existsSync(shown), { timeout: 30_000 }).toBe(true);
    const given = readFileSync(shown, 'utf8');
    return given.startsWith('file:') ? fileURLToPath(given) : given;
  };
  const address = async () => /url=([^"]+)"/.exec(readFileSync(await page(), 'utf8'))![1]!;
  return { environment: { BROWSER: program, HOME: home }, page, address };
}
