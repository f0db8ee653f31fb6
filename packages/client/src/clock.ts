// Time as the manager sees it: it only ever goes forward, whatever somebody does to the wall clock.
import { setTimeout as pause } from 'node:timers/promises'

export interface Clock {
  /** Milliseconds since some moment; never set back. */
  now(): number
  /** Resolves early, without complaint, when the signal says that nobody waits any more. */
  wait(milliseconds: number, noLonger?: AbortSignal): Promise<void>
}

export const steadyClock: Clock = {
  now: () => performance.now(),
  wait: (milliseconds, signal) => pause(milliseconds, undefined, signal && { signal }).catch(() => undefined),
}
