/** Secrets that are references to environment variables: `${NAME}`, the whole text, nothing around it. */
import { SluiceError } from '../../shared/errors/sluice-error.ts';

const reference = /^\$\{([A-Za-z_][A-Za-z0-9_]*)\}$/;

/** `${DB_PASSWORD}` => `DB_PASSWORD`; null: the text is the secret itself. */
export function referencedVariable(text: string): string | null {
  return reference.exec(text)?.[1] ?? null;
}

/**
 * The secret that `text` stands for, to be asked for at each connect. A variable may be set and empty. Throws
 * `secret_missing` naming the variable when it is not set.
 */
export function resolveSecret(text: string, environment: Readonly<Record<string, string | undefined>>): string {
  const name = referencedVariable(text);
  if (name === null) return text;
  const value = environment[name];
  if (value !== undefined) return value;
  throw new SluiceError(
    'secret_missing',
    `The environment variable ${name} is not set; a connection takes a secret from it.`,
    {
      variable: name,
    },
  );
}
