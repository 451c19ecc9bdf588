import type { ErrorCode } from '../../../shared/errors/error-codes.ts';
import { SluiceError } from '../../../shared/errors/sluice-error.ts';

/** Puts the place before the message of an error. */
export const namePlace = <Result>(place: string, work: Promise<Result>): Promise<Result> =>
  rename(place, work, (code) => code);

/** The same for SQL of the config: what a database has to say against it, and against nothing else, is wrong in the config. */
export const nameGivenSql = <Result>(place: string, work: Promise<Result>): Promise<Result> =>
  rename(place, work, (code) => (code === 'database_error' ? 'query_invalid' : code));

async function rename<Result>(
  place: string,
  work: Promise<Result>,
  codeOf: (code: ErrorCode) => ErrorCode,
): Promise<Result> {
  try {
    return await work;
  } catch (thrown) {
    const { code, message, details } = SluiceError.from(thrown);
    throw new SluiceError(codeOf(code), `${place}: ${message}`, details, thrown);
  }
}
