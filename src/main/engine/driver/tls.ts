/** Encrypted connections: what the settings mean for Node's TLS, and what its failures mean for a person. */
import { SluiceError } from '../../../shared/errors/sluice-error.ts';
import type { ServerConnectionSettings } from '../../../shared/model/connection.ts';

export interface TlsMaterial {
  readonly isVerified: boolean;
  /** The host name is checked as well. */
  readonly isHostVerified: boolean;
  /** PEM texts, where they are given. */
  readonly files: { readonly ca?: string; readonly cert?: string; readonly key?: string };
}

/** null: not encrypted. Throws `tls_failed` for a certificate without its key. */
export function tlsMaterial({ ssl }: Pick<ServerConnectionSettings, 'ssl'>): TlsMaterial | null {
  if (!ssl || ssl.mode === 'disabled') return null;
  if ((ssl.client_cert === undefined) !== (ssl.client_key === undefined)) {
    const [given, missing] = ssl.client_key === undefined ? ['cert', 'key'] : ['key', 'cert'];
    throw new SluiceError('tls_failed', `ssl.client_${given} is given without ssl.client_${missing}. Give both.`);
  }
  const pem = (base64: string) => Buffer.from(base64, 'base64').toString('utf8');
  return {
    isVerified: ssl.mode !== 'require',
    isHostVerified: ssl.mode === 'verify-full',
    files: {
      ...(ssl.ca === undefined ? {} : { ca: pem(ssl.ca) }),
      ...(ssl.client_cert === undefined ? {} : { cert: pem(ssl.client_cert) }),
      ...(ssl.client_key === undefined ? {} : { key: pem(ssl.client_key) }),
    },
  };
}

/**
 * Words of OpenSSL and Node => what to do. By text, since mysql2 puts one code of its own in place of all of theirs; a code is
 * only needed to tell a broken connection (`isBrokenHandshake`) from one that will not come about.
 */
const remedies: readonly (readonly [RegExp, string])[] = [
  [
    /alert (certificate|bad certificate|unsupported certificate|unknown ca|handshake failure|access denied)/i,
    'The server does not take our client certificate, or wants one: set ssl.client_cert and ssl.client_key to a pair that it trusts',
  ],
  [/has expired/i, "The server's certificate has to be renewed"],
  [/not yet valid/i, 'Check the clocks of both machines'],
  [
    /altnames/i,
    'Connect by a name that the certificate holds, or set ssl.mode to "verify-ca", which does not look at names',
  ],
  [
    /self-signed|issuer certificate|verify the first certificate|unable to verify/i,
    "Give the certificate of the authority that signed the server's as ssl.ca",
  ],
  [
    /PEM|start line|asn1|wrong tag|key values mismatch|DECODER|bad decrypt|passphrase|unsupported/i,
    'ssl.ca, ssl.client_cert and ssl.client_key are the base64 of PEM texts, the key without a passphrase and that of the certificate',
  ],
];

/** `message`: of OpenSSL, Node or the client. `server`: as messages name it. */
export function tlsFailure(message: string, server: string, thrown: unknown): SluiceError {
  const said = message.replace(/\.$/, '');
  const remedy = remedies.find(([words]) => words.test(said))?.[1] ?? 'Check ssl.mode and the certificates';
  return new SluiceError('tls_failed', `No encrypted connection to ${server}: ${said}. ${remedy}.`, {}, thrown);
}

/** Errors that Node has for certificates, keys and handshakes. */
export const isTlsCode = (code: string): boolean =>
  /^(CERT_|ERR_TLS|ERR_SSL|ERR_OSSL|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|INVALID_CA|HOSTNAME_MISMATCH)/.test(code);

/** The other end went away while the connection was being encrypted, as a server does that stops. */
export const isBrokenHandshake = (message: string): boolean => /socket disconnected|ECONNRESET|EPIPE/.test(message);
