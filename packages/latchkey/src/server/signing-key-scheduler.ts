// Takes the steps of the signing keys (publish a key, sign with it, retire it) when they are due, as long as the server
// runs.
import { nextStepAt } from '../domain/signing-key-set.ts'
import type { SigningKeyRecord } from '../domain/signing-key.ts'
import type { Logger } from '../log.ts'
import { advanceSigningKeys, type AdvanceSigningKeysPorts } from '../operations/advance-signing-keys.ts'

/** Takes the due steps in the background until it is stopped. */
export interface Scheduler {
  /** Stops the scheduler. It takes no further step. */
  stop(): void
}

/**
 * The scheduler reads the clock at least each minute, because the clock may be set, or the machine may sleep, while a
 * timer runs.
 */
const LONGEST_WAIT_SECONDS = 60
const RETRY_SECONDS = 5

export function scheduleSigningKeys(
  ports: AdvanceSigningKeysPorts & { readonly logger: Logger },
  keys: readonly SigningKeyRecord[],
): Scheduler {
  let timer: NodeJS.Timeout | undefined
  let isStopped = false

  const wakeIn = (seconds: number): void => {
    clearTimeout(timer)
    if (!isStopped) timer = setTimeout(() => void perform(), seconds * 1000).unref()
  }
  const waitFor = (due: number | undefined): void => {
    if (due === undefined) clearTimeout(timer)
    else wakeIn(Math.min(Math.max(due - ports.clock.now(), 0), LONGEST_WAIT_SECONDS))
  }
  const perform = async (): Promise<void> => {
    try {
      waitFor(nextStepAt(await advanceSigningKeys(ports)))
    } catch (err) {
      // The stopping server has closed the store during the step. That is not a fault: the next start takes the step.
      if (isStopped) return
      ports.logger.error(
        { event: 'signing_key.step_failed', err },
        'a step of the signing keys failed and is tried again',
      )
      wakeIn(RETRY_SECONDS)
    }
  }

  ports.signingKeys.onChange((changed) => {
    waitFor(nextStepAt(changed))
  })
  waitFor(nextStepAt(keys))
  return {
    stop: () => {
      isStopped = true
      clearTimeout(timer)
    },
  }
}
