/** A terminal of unlimited height that understands what the progress display sends. */
import { Writable } from 'node:stream';
import type { Output } from '../../../src/main/progress/run-view.ts';

export interface ScreenFacts {
  readonly isTerminal: boolean;
  readonly columns?: number;
  readonly rows?: number;
  readonly hasColors?: boolean;
}

const escapes = /\u001B\[\??([0-9;]*)([A-Za-z])|[^]/gu;

export class FakeScreen {
  readonly output: Output;
  /** All that was written. */
  text = '';

  constructor({ isTerminal, columns = 80, rows = 24, hasColors = isTerminal }: ScreenFacts) {
    const stream = new Writable({
      decodeStrings: false,
      write: (chunk: string, _encoding, done) => {
        this.text += chunk;
        done();
      },
    });
    this.output = {
      write: (text) => void (this.text += text),
      isTerminal,
      columns: () => columns,
      rows: () => rows,
      hasColors,
      stream: Object.assign(stream, { isTTY: isTerminal, columns, rows }) as unknown as NodeJS.WriteStream,
    };
  }

  /** What a person sees, without empty lines at the end. */
  get lines(): string[] {
    const lines: string[][] = [[]];
    let [row, column] = [0, 0];
    for (const [text, parameters, command] of this.text.matchAll(escapes)) {
      const number = Number(parameters || 0);
      if (command === 'A') row -= number || 1;
      else if (command === 'G') column = (number || 1) - 1;
      else if (command === 'K') lines[row] = number === 2 ? [] : lines[row]!.slice(0, column);
      else if (command === 'J') {
        lines[row] = lines[row]!.slice(0, column);
        lines.length = row + 1;
      } else if (text === '\n') {
        // A terminal's line discipline also returns the carriage.
        [row, column] = [row + 1, 0];
        lines[row] ??= [];
      } else if (command === undefined) lines[row]![column++] = text;
    }
    const shown = lines.map((line) =>
      Array.from(line, (character) => character ?? ' ')
        .join('')
        .trimEnd(),
    );
    return shown.slice(0, shown.findLastIndex((line) => line !== '') + 1);
  }
}
