/**
 * A page in a file that leads a browser to an address with a token in it: what opens browsers gets the file's name as an argument,
 * which everybody on the computer can list, and the file can be read by its owner only (ADR 7).
 */
import { randomBytes } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

export interface EntryPage {
  /** A `file:` URL. */
  readonly url: string;
  /** May be called again. */
  remove(): void;
}

/**
 * `folders`: the first one that can be written to takes the file. Browsers in a sandbox of their own read neither hidden folders nor
 * `/tmp`. Throws what the file system says of the last one.
 */
export function writeEntryPage(address: string, folders: readonly [string, ...string[]]): EntryPage {
  const name = `sluice-open-${randomBytes(8).toString('hex')}.html`;
  const [folder, ...others] = folders;
  const path = join(folder, name);
  try {
    writeFileSync(path, pageText(address), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    const [next, ...rest] = others;
    if (next === undefined) throw error;
    return writeEntryPage(address, [next, ...rest]);
  }
  return { url: pathToFileURL(path).href, remove: () => rmSync(path, { force: true }) };
}

/** `address`: a URL as `URL` writes them, in which nothing needs to be escaped. */
const pageText = (address: string) => `<!doctype html>
<meta charset="utf-8" />
<meta name="referrer" content="no-referrer" />
<meta http-equiv="refresh" content="0; url=${address}" />
<title>Sluice</title>
`;
