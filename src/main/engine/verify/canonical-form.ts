/** The form in which equal values of a type have equal text, whichever database prints them. */
import type { ColumnPlan } from '../model/table-plan.ts';
import type { NeutralType } from '../model/neutral-type.ts';
import { canonicalJson } from './canonical-json.ts';
import { canonicalNumber } from './canonical-number.ts';

export type Canonical = (value: string) => string;

/** What a column's values are compared by. */
export interface ComparedColumn {
  readonly wire: NeutralType;
  readonly source: Pick<ColumnPlan['source'], 'type'>;
  /** The column that is there, which need not be of the type that was planned. */
  readonly target: Pick<ColumnPlan['target'], 'type'>;
}

/** Kinds whose native text is as good as the canonical one: the digits of a number, JSON. */
const readInNativeText = new Set<NeutralType['kind']>(['json', 'decimal', 'float']);

export function comparedType({ wire, source, target }: ComparedColumn): NeutralType {
  if (wire.kind === 'native' && readInNativeText.has(source.type.kind)) return source.type;
  // Texts that became jsonb are written anew there.
  const isText = (wire.kind === 'native' ? source.type : wire).kind === 'text';
  return isText && target.type.kind === 'json' && target.type.form === 'binary' ? target.type : wire;
}

/**
 * From the unescaped field; null: row text is that form already. `signedZero` false: one of the two ends cannot hold -0, so
 * that it is 0.
 */
export function canonicalForm(column: ComparedColumn, signedZero: boolean): Canonical | null {
  const type = comparedType(column);
  switch (type.kind) {
    case 'float':
      return (value) => floatBitsOf(Number(value), signedZero);
    case 'decimal':
      return canonicalNumber;
    case 'json':
    case 'array':
      return canonicalJson;
    case 'text':
      // CHAR(n): some databases pad with blanks, some take them away.
      return type.fixed ? (value) => value.replace(/ +$/, '') : null;
    case 'any':
      return column.source.type.kind === 'json' ? canonicalJsonLiteral : null;
    case 'time':
      return type.span === 'duration' ? canonicalDuration : null;
    default:
      return null;
  }
}

/** A text of SQLite in its quotes, as `any` has it. */
const canonicalJsonLiteral: Canonical = (value) =>
  /^'.*'$/s.test(value) ? canonicalJson(value.slice(1, -1).replaceAll("''", "'")) : value;

const floatBits = new DataView(new ArrayBuffer(8));

function floatBitsOf(value: number, signedZero: boolean): string {
  floatBits.setFloat64(0, signedZero ? value : value + 0);
  return floatBits.getBigUint64(0).toString(16).padStart(16, '0');
}

/**
 * MySQL's TIME and what PostgreSQL makes an interval of: `-838:59:59.5` and `PT-838H-59M-59.5S` => `-3020399500000`,
 * microseconds. Other text is returned as it is.
 */
function canonicalDuration(text: string): string {
  const clock = /^(-?)(\d+):(\d+):(\d+)(?:\.(\d{1,6}))?$/.exec(text);
  if (clock) {
    const [, sign, hours, minutes, seconds, fraction = ''] = clock;
    return String(Number(`${sign}1`) * microseconds(hours!, minutes!, seconds!, fraction));
  }
  const interval = /^PT(?:(-?\d+)H)?(?:(-?\d+)M)?(?:(-?)(\d+)(?:\.(\d{1,6}))?S)?$/.exec(text);
  if (!interval) return text;
  const [, hours = '0', minutes = '0', sign = '', seconds = '0', fraction = ''] = interval;
  const whole = microseconds(hours, minutes, '0', '');
  return String(whole + Number(`${sign}1`) * microseconds('0', '0', seconds, fraction));
}

/** Exact: 838 hours are far below 2^53 microseconds. */
const microseconds = (hours: string, minutes: string, seconds: string, fraction: string): number =>
  ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1e6 + Number(fraction.padEnd(6, '0'));
