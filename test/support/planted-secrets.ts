/** Secrets that a test plants, and where in texts and files they turn up again, however they are written. */
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

export class PlantedSecrets {
  readonly #cores = new Map<string, string>();

  /** A secret with characters that URLs, JSON and shells write in their own ways around a core that none of them changes. */
  plant(name: string): string {
    return `p$ "${this.plantWord(name)}" @/:%&ä`;
  }

  /** A secret of letters and digits. */
  plantWord(name: string): string {
    const core = `Qz${randomBytes(9).toString('hex')}`;
    this.#cores.set(name, core);
    return core;
  }

  /** A TLS key as connections take it. What is looked for is a piece from its middle, in PEM and in base64. */
  plantKey(name: string, pem: string): string {
    const base64 = Buffer.from(pem).toString('base64');
    const line = pem.split('\n')[1]!;
    this.#cores.set(`${name} as PEM`, line.slice(4, 36));
    this.#cores.set(`${name} as base64`, base64.slice(60, 100));
    return base64;
  }

  /** Names of the secrets that a text holds. */
  in(text: string): string[] {
    return [...this.#cores].filter(([, core]) => text.includes(core)).map(([name]) => name);
  }

  /** The same of every file below a folder, as `file: secret`. */
  inFiles(folder: string): string[] {
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    return files.flatMap((entry) => {
      const path = join(entry.parentPath, entry.name);
      // One byte, one character: secrets in the middle of a database file are found as well.
      return this.in(readFileSync(path, 'latin1')).map((name) => `${relative(folder, path)}: ${name}`);
    });
  }
}
