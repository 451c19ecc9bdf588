import { SluiceError } from '../../../shared/errors/sluice-error.ts';

/** Puts the place before the message of an error. */
export async function namePlace<Result>(place: string, work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (thrown) {
    const { code, message, details } = SluiceError.from(thrown);
    throw new SluiceError(code, `${place}: ${message}`, details, thrown);
  }
}
