/** Dates and times as SQLite databases hold them: text, in the forms that programs write. */
import type { NeutralType } from '../../model/neutral-type.ts';
import type { ValueRules } from '../../model/table-plan.ts';

const date = String.raw`\d{4,}-\d\d-\d\d`;
const clock = String.raw`\d\d:\d\d:\d\d`;
const canonicalDate = new RegExp(`^${date}( BC)?$`);
const canonicalTimestamp = /^\d\d\d\d-\d\d-\d\d \d\d:\d\d:\d\d$/;
const timestamp = new RegExp(`^(${date})[ T](${clock})(?:\\.(\\d+))?(?:Z|\\+00:00)?( BC)?$`);
const time = /^(-?\d{2,}:\d\d:\d\d)(?:\.(\d+))?$/;
const infinite = /^-?infinity$/;
/** 0000-00-00, or a month or day of zero. */
const zeroParts = /^0000-|^\d{4,}-00|^\d{4,}-\d\d-00/;

/**
 * Canonical text of a stored date or time, e.g. `2024-02-29T12:00:00.500Z` => `2024-02-29 12:00:00.5`; undefined when it
 * is none, or could only be had by rounding. Whether such a day exists is for the target to say.
 */
export function canonicalDateText(stored: string, kind: 'date' | 'time' | 'timestamp'): string | undefined {
  if (kind === 'time') return canonicalTime(stored);
  if (infinite.test(stored)) return stored;
  if (kind === 'date') return canonicalDate.test(stored) ? stored : undefined;
  if (canonicalTimestamp.test(stored)) return stored;
  const parts = timestamp.exec(stored);
  if (!parts) return undefined;
  const fraction = canonicalFraction(parts[3]);
  return fraction === undefined ? undefined : `${parts[1]} ${parts[2]}${fraction}${parts[4] ?? ''}`;
}

function canonicalTime(stored: string): string | undefined {
  const parts = time.exec(stored);
  const fraction = parts ? canonicalFraction(parts[2]) : undefined;
  return fraction === undefined ? undefined : parts![1] + fraction;
}

/** `.` and digits without trailing zeros, or nothing; undefined beyond microseconds. */
function canonicalFraction(digits: string | undefined): string | undefined {
  const kept = digits?.replace(/0+$/, '') ?? '';
  if (kept.length > 6) return undefined;
  return kept === '' ? '' : `.${kept}`;
}

/** What the plan's rules make of a canonical date or timestamp that its target cannot hold; null = NULL. */
export function applyDateRules(text: string, kind: 'date' | 'timestamp', rules: ValueRules): string | null {
  const isDate = kind === 'date';
  if (text.endsWith('infinity')) {
    if (rules.infiniteDate === 'null') return null;
    if (rules.infiniteDate !== 'limit') return text;
    if (text.startsWith('-')) return isDate ? '0001-01-01' : '0001-01-01 00:00:00';
    return isDate ? '9999-12-31' : '9999-12-31 23:59:59.999999';
  }
  if (zeroParts.test(text)) {
    if (rules.zeroDate === 'null') return null;
    if (rules.zeroDate === 'epoch') return isDate ? '1970-01-01' : '1970-01-01 00:00:00';
    return text;
  }
  const isBeyond = text.endsWith('BC') || text.indexOf('-') > 4;
  return isBeyond && rules.dateRange === 'null' ? null : text;
}

/** Which of the three forms a type's values have; null for types that are no dates. */
export function dateForm(type: NeutralType): 'date' | 'time' | 'timestamp' | null {
  switch (type.kind) {
    case 'date':
    case 'time':
      return type.kind;
    case 'timestamp':
    case 'timestamptz':
      return 'timestamp';
    default:
      return null;
  }
}
