/** Collations of one kind as the other has them. Pure. */
import type { MysqlKind } from './mysql-flavour.ts';

/** Compares bytes, hence case and accents; what text from other databases gets (both kinds, all versions). */
export const exactCollation = 'utf8mb4_bin';
/** Compares without case, and without accents: the nearest to citext and NOCASE that both kinds have in all versions. */
export const foldingCollation = 'utf8mb4_unicode_520_ci';

/** `latin1_swedish_ci` => latin1 */
export const charsetOf = (collation: string): string => collation.split('_')[0]!;

/** The collation itself where the kind has it, otherwise the nearest, which may compare some texts differently. */
export function collationFor(collation: string, kind: MysqlKind): string {
  const isExact = /_(bin|cs)$/.test(collation);
  if (kind === 'mariadb') {
    if (!/_0900_/.test(collation)) return collation;
    return isExact ? 'utf8mb4_nopad_bin' : foldingCollation;
  }
  // `uca1400_ai_ci` belongs to no character set: MariaDB prints it so for the database's default.
  if (/uca1400/.test(collation)) {
    const charset = collation.startsWith('uca1400') ? 'utf8mb4' : charsetOf(collation);
    return isExact ? `${charset}_bin` : `${charset}_unicode_520_ci`;
  }
  return collation.replace('_nopad', '');
}
