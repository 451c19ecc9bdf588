/** Real certificates for tests of encrypted connections, made by openssl. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runProgram } from './run-program.ts';

export interface Certificate {
  /** PEM files. */
  readonly certificate: string;
  readonly key: string;
}

export interface Authority extends Certificate {
  /** `names`: subject alternative names such as `DNS:localhost` and `IP:127.0.0.1`. Ends `validSeconds` from now: negative, it has ended. */
  issue(name: string, names?: string, validSeconds?: number): Promise<Certificate>;
}

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
const daySeconds = 86_400;

/** The settings that `openssl ca` wants in a file. */
const authoritySettings = (folder: string) => `
[ca]
default_ca = own
[own]
database = ${folder}/index
new_certs_dir = ${folder}
rand_serial = yes
unique_subject = no
default_md = sha256
copy_extensions = copyall
policy = any
[any]
commonName = supplied
`;

export async function createAuthority(parent: string, name: string): Promise<Authority> {
  const folder = join(parent, name);
  const at = (file: string) => ({ certificate: join(folder, `${file}.pem`), key: join(folder, `${file}.key`) });
  const own = at('authority');
  const settings = join(folder, 'settings');
  mkdirSync(folder);
  writeFileSync(join(folder, 'index'), '');
  writeFileSync(settings, authoritySettings(folder));
  const subject = ['-subj', `/CN=${name}`];
  await runProgram('openssl', ['req', '-x509', ...newKey, ...subject, '-keyout', own.key, '-out', own.certificate]);
  let issued = 0;
  return {
    ...own,
    async issue(holder, names = `DNS:${holder}`, validSeconds = daySeconds) {
      const made = at(String(++issued));
      const request = `${made.certificate}.request`;
      await runProgram('openssl', [
        ...['req', ...newKey, '-subj', `/CN=${holder}`, '-addext', `subjectAltName=${names}`],
        ...['-keyout', made.key, '-out', request],
      ]);
      const [begin, end] = [-daySeconds, validSeconds].map(opensslTime);
      await runProgram('openssl', [
        ...['ca', '-batch', '-notext', '-config', settings, '-cert', own.certificate, '-keyfile', own.key],
        ...['-startdate', begin!, '-enddate', end!, '-in', request, '-out', made.certificate],
      ]);
      return made;
    },
  };
}

/** `20261126082440Z` */
const opensslTime = (fromNowSeconds: number) =>
  `${new Date(Date.now() + fromNowSeconds * 1000).toISOString().replace(/\D/g, '').slice(0, 14)}Z`;

/** As a connection takes it. */
export const base64Of = (path: string): string => readFileSync(path).toString('base64');
