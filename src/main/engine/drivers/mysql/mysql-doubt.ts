/** Types of MySQL that mean more than they say. */
import type { RulesConfig } from '../../../../shared/model/rules.ts';
import type { TypeDoubt } from '../../driver/dialect.ts';
import type { NeutralType } from '../../model/neutral-type.ts';
import type { ColumnSchema } from '../../model/table-schema.ts';

/** What the rows of a column could prove, whatever the rules say; null: nothing. */
export function doubtOf({
  type,
  nativeType,
}: ColumnSchema): { question: 'zero-or-one' | 'within-day'; ifProven: NeutralType } | null {
  if (/^tinyint\(1\)/i.test(nativeType)) return { question: 'zero-or-one', ifProven: { kind: 'boolean' } };
  if (type.kind === 'time' && type.span === 'duration') {
    return { question: 'within-day', ifProven: { kind: 'time', span: 'day', fraction: type.fraction } };
  }
  return null;
}

export function ruledDoubt(column: ColumnSchema, rules: RulesConfig): TypeDoubt | null {
  const doubt = doubtOf(column);
  if (!doubt) return null;
  if (doubt.question === 'zero-or-one') {
    if (rules.tinyint1 === 'smallint') return null;
    return rules.tinyint1 === 'boolean' ? { ...doubt, question: 'decided' } : doubt;
  }
  if (rules.timeSpan === 'auto') return doubt;
  return rules.timeSpan === 'time'
    ? { ...doubt, question: 'decided' }
    : { question: 'decided', ifProven: { kind: 'interval' } };
}
