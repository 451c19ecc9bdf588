import type { Call } from './contract.ts';
import type { AppEvent } from './events.ts';

/** What the preload script gives the window as `window.sluice`, and all that it gives. */
export interface WindowApi {
  readonly call: Call;
  /** `listener` gets every event from now on. Returns what ends that. */
  readonly on: (listener: (event: AppEvent) => void) => () => void;
}

/** Channel of calls: operation name and input in, `Reply` out. */
export const callChannel = 'sluice:call';
/** Channel of pushes to the window: an `AppEvent` each, and its number. */
export const eventChannel = 'sluice:event';
/** Channel on which the preload script says which number it has seen, so that a window that hangs is not sent more and more. */
export const seenChannel = 'sluice:seen';
/** It does so after every so many. */
export const seenEvery = 50;
