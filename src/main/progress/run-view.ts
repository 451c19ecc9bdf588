import type { RunEvent } from '../../shared/model/run-event.ts';

/** Something that shows a run while it goes on. */
export interface RunView {
  add(event: RunEvent): void;
  /** Ends timers and gives the terminal back; called once, whatever happened. */
  close(): void;
}

/** Where people or programs read. */
export interface Output {
  write(text: string): void;
  /** A person watches it: lines may be drawn over. */
  readonly isTerminal: boolean;
  /** Characters in a line, now. */
  columns(): number;
  /** Lines of the terminal, now. */
  rows(): number;
  readonly hasColors: boolean;
  /** For libraries that draw themselves. */
  readonly stream: NodeJS.WriteStream;
}
