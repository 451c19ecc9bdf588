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
/** Channel of pushes to the window: an `AppEvent` each. */
export const eventChannel = 'sluice:event';
