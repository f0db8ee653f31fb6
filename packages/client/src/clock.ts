// The manager's clock: monotonic, so changes of the wall clock have no effect.
import { setTimeout as pause } from 'node:timers/promises'

export interface Clock {
  /** Milliseconds since an arbitrary moment. Never goes back. */
  now(): number
  /** Waits. Resolves early, without an error, if the signal is aborted. */
  wait(milliseconds: number, noLonger?: AbortSignal): Promise<void>
}

export const steadyClock: Clock = {
  now: () => performance.now(),
  wait: (milliseconds, signal) => pause(milliseconds, undefined, signal && { signal }).catch(() => undefined),
}
