/** What differs between the two kinds that share this driver, and between their versions. */
import type { DatabaseKind } from '../../../../shared/model/database-kind.ts';

export type MysqlKind = Extract<DatabaseKind, 'mysql' | 'mariadb'>;

export interface MysqlServer {
  readonly kind: MysqlKind;
  /** As the server prints it. */
  readonly version: string;
  /** major * 10000 + minor * 100 + patch. */
  readonly versionNumber: number;
}

/** Oldest versions that the driver is written for. */
export const oldestVersion: Record<MysqlKind, { readonly number: number; readonly text: string }> = {
  mysql: { number: 50700, text: '5.7' },
  mariadb: { number: 100400, text: '10.4' },
};

/** `10.11.19-MariaDB-0+deb12u1` => mariadb, 101119. */
export function parseServerVersion(version: string): MysqlServer {
  const [, major = '0', minor = '0', patch = '0'] = /^(\d+)\.(\d+)(?:\.(\d+))?/.exec(version) ?? [];
  return {
    kind: /mariadb/i.test(version) ? 'mariadb' : 'mysql',
    version,
    versionNumber: Number(major) * 10000 + Number(minor) * 100 + Number(patch),
  };
}

/** True when the server is of this kind and at least of this version. */
export const isAtLeast = (server: MysqlServer, kind: MysqlKind, versionNumber: number): boolean =>
  server.kind === kind && server.versionNumber >= versionNumber;
