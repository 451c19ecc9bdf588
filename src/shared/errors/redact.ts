import type { RunEvent } from '../model/run-event.ts';

const mark = '***';
/** Shorter texts occur in words by chance: hiding them would garble messages and tell what they are. */
const shortestSecret = 4;

/** Hides secrets in a text, also as they look inside a URL: servers and drivers repeat what they were given. */
export function redactText(text: string, secrets: readonly string[]): string {
  let redacted = text;
  for (const secret of secrets) {
    if (secret.length < shortestSecret) continue;
    for (const form of new Set([secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]))
      redacted = redacted.replaceAll(form, mark);
  }
  return redacted;
}

/** Fields whose values are ours, whatever a secret looks like. */
const ownWords = new Set(['type', 'status', 'level', 'severity', 'code', 'phase', 'guarantee', 'kind']);

/** Hides secrets in every text of a plain value. */
export function redactDeep<Value>(value: Value, secrets: readonly string[]): Value {
  if (secrets.length === 0) return value;
  const visit = (part: unknown): unknown => {
    if (typeof part === 'string') return redactText(part, secrets);
    if (Array.isArray(part)) return part.map(visit);
    if (part === null || typeof part !== 'object') return part;
    return Object.fromEntries(
      Object.entries(part).map(([key, inner]) => [key, ownWords.has(key) ? inner : visit(inner)]),
    );
  };
  return visit(value) as Value;
}

/** Hides secrets in what a run tells, but not in the values of rows: those are the user's data. */
export function redactEvent(event: RunEvent, secrets: readonly string[]): RunEvent {
  if (event.type === 'progress' || event.type === 'plan') return event;
  if (event.type === 'compared') {
    const { table } = event;
    return { ...event, table: { ...table, problem: table.problem && redactText(table.problem, secrets) } };
  }
  if (event.type === 'row-error')
    return { ...event, error: { ...event.error, message: redactText(event.error.message, secrets) } };
  return redactDeep(event, secrets);
}
