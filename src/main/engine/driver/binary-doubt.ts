/**
 * Thrown where rows in row binary may not mean what their text means, or are refused: a value that is not in the plain form of
 * its type, a row too large to hold, a unit that the target does not take. Read as row text, they are judged by the target.
 */
export class BinaryDoubt extends Error {
  override readonly name = 'BinaryDoubt';
}
