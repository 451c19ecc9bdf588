/** One column as MySQL or MariaDB would have it. Pure. */
import type { Finding } from '../../../../shared/model/finding.ts';
import type { AdaptContext } from '../../driver/dialect.ts';
import type { NeutralType } from '../../model/neutral-type.ts';
import type { ColumnDefault, ColumnSchema } from '../../model/table-schema.ts';
import { isPossibleDefault } from './adapt-defaults.ts';
import { nativeType } from './adapt-types.ts';
import { countsItself } from './counts-itself.ts';
import { collationFor, exactCollation, foldingCollation } from './mysql-collations.ts';
import type { MysqlKind } from './mysql-flavour.ts';
import { quoteWord } from './mysql-names.ts';
import { isYear } from './mysql-types.ts';

export interface AdaptedColumn {
  readonly column: ColumnSchema;
  readonly wire: NeutralType;
  readonly findings: readonly Finding[];
}

/** The longest comment that a column may have, characters. */
const longestComment = 1024;

export function adaptColumn(
  source: ColumnSchema,
  tableCollation: string,
  kind: MysqlKind,
  context: AdaptContext,
): AdaptedColumn {
  const findings: Finding[] = [];
  const report = (severity: Finding['severity'], code: string, text: string, statement?: string) =>
    findings.push({
      severity,
      code,
      table: context.label,
      column: source.name,
      message: `Column "${source.name}" of "${context.label}" ${text}.`,
      ...(statement === undefined ? {} : { statement }),
    });
  const native =
    context.sourceFamily === 'mysql' ? sameFamilyType(source, kind, context) : nativeType(source.type, quoteWord);
  if (native.loss) report('warning', native.loss.code, native.loss.text);
  if (source.type.kind === 'json' && kind === 'mysql' && !context.sameKind) {
    report(
      'info',
      'json_normalised',
      'becomes JSON, which MySQL stores with keys sorted, white space gone, one of equal keys, and numbers as 64-bit integers or floats',
    );
  }
  if (source.comment !== null && source.comment.length > longestComment)
    report('warning', 'comment_cut', `has a comment that is cut after ${longestComment} characters`, source.comment);
  const collation = columnCollation(source, tableCollation, kind, context, report);
  let column: ColumnSchema = {
    ...source,
    nativeType: native.nativeType,
    collation,
    comment: source.comment === null ? null : source.comment.slice(0, longestComment),
    updatesToNow: source.updatesToNow && /^(datetime|timestamp)/i.test(native.nativeType),
  };
  if (source.generated) {
    // Columns that number themselves have no value yet when others are computed.
    const isRowTime = /^ROW (START|END)$/i.test(source.generated.sql);
    const sql = isRowTime
      ? null
      : context.translate(source.generated.sql, 'value', ({ identity }) => identity !== null);
    column = { ...column, generated: sql === null ? null : { ...source.generated, sql } };
    if (sql === null) {
      const text = 'is computed by the source with an expression that has no certain equal here: its values are copied';
      report('warning', 'generated_dropped', text, source.generated.sql);
    }
  }
  if (source.default?.kind === 'expression') {
    const sql = context.translate(source.default.sql, 'value', () => true);
    column = { ...column, default: sql === null ? null : { kind: 'expression', sql, family: 'mysql' } };
    if (sql === null) {
      const text = 'loses its default, which has no certain equal here';
      report('warning', 'default_dropped', text, source.default.sql);
    }
  }
  const isCounting = countsItself(source, kind);
  if (isCounting && !isCounter(native.nativeType)) {
    column = { ...column, identity: null };
    report('warning', 'identity_dropped', `does not number itself, which ${native.nativeType} cannot`);
  } else if (source.identity && isCounting && source.identity.increment !== '1') {
    report(
      'warning',
      'identity_increment',
      `counts by 1 instead of ${source.identity.increment}: MySQL has one increment for the whole server`,
    );
  }
  // A column's own numbers take the place of a default.
  if (column.identity) column = { ...column, default: null };
  if (!isPossibleDefault(column)) {
    report('warning', 'default_dropped', 'loses its default, which does not translate', defaultText(source.default!));
    column = { ...column, default: null };
  }
  return { column, wire: native.wire ?? wireOf(source, context), findings };
}

const isCounter = (type: string): boolean => /^(tinyint|smallint|mediumint|int|bigint|float|double)\b/i.test(type);

const defaultText = (value: ColumnDefault): string =>
  value.kind === 'expression' ? value.sql : value.kind === 'value' ? value.text : value.kind;

/** YEAR travels as it is written, since 0000 is not the number 0 to it; everything else in canonical form. */
const wireOf = (source: ColumnSchema, context: AdaptContext): NeutralType =>
  context.sourceFamily === 'mysql' && isYear(source.nativeType)
    ? { kind: 'native', family: 'mysql', type: 'year' }
    : source.type;

interface FamilyType {
  readonly nativeType: string;
  readonly wire?: NeutralType;
  readonly loss: { readonly code: string; readonly text: string } | null;
}

function sameFamilyType(
  { nativeType: native, type }: ColumnSchema,
  kind: MysqlKind,
  context: AdaptContext,
): FamilyType {
  const kept = (text: string): FamilyType => ({ nativeType: text, loss: null });
  if (isYear(native)) return kept('year');
  if (context.sameKind) return kept(type.kind === 'json' ? 'json' : native);
  if (kind === 'mysql') {
    if (type.kind === 'json') return kept('json');
    if (type.kind === 'uuid') return kept('char(36)');
    if (/^inet[46]\b/i.test(native) && type.kind === 'text') return kept(`varchar(${type.length})`);
    return kept(native.replace(/\s*\/\*M?!.*?\*\//g, ''));
  }
  if (/^vector\b/i.test(native)) {
    return {
      nativeType: 'longblob',
      loss: { code: 'type_as_bytes', text: 'becomes bytes, since vectors of MariaDB are of another type' },
    };
  }
  return kept(native.replace(/^geomcollection/i, 'geometrycollection'));
}

function columnCollation(
  source: ColumnSchema,
  tableCollation: string,
  kind: MysqlKind,
  context: AdaptContext,
  report: (severity: Finding['severity'], code: string, text: string) => void,
): string | null {
  if (context.sourceFamily === 'mysql') {
    if (source.collation === null) return null;
    const collation = collationFor(source.collation, kind);
    if (collation !== source.collation) {
      report(
        'warning',
        'collation_changed',
        `has collation ${collation}, since ${source.collation} does not exist there`,
      );
    }
    return collation === tableCollation ? null : collation;
  }
  if (source.type.kind !== 'text' || !source.type.ignoresCase) return null;
  report('info', 'collation_changed', `has collation ${foldingCollation}, which ignores case and accents`);
  return tableCollation === exactCollation ? foldingCollation : null;
}
