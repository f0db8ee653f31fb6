// Plausible but wrong variants of conditional issuance (a request names the token that it replaces). The checker of
// histories must find the fault of each.
import { issueFrom } from '../issue-from.ts'
import type { IssueAttempt, IssueOutcome, Slots } from '../../src/ports/slots.ts'
import { memoryBeforeSync } from './broken-variants.ts'
import { type Build, SOUND } from './simulation.ts'

type Conditional = IssueAttempt & { readonly replaces: number }

/** Answers conditional requests with `answer`, and does not change the other requests. */
const answering =
  (variant: (slots: Slots) => (attempt: Conditional) => Promise<IssueOutcome>) =>
  (slots: Slots): Slots => {
    const answer = variant(slots)
    return {
      ...slots,
      issue: (attempt, resolvers) => {
        const { replaces } = attempt
        if (replaces === undefined) slots.issue(attempt, resolvers)
        else answer({ ...attempt, replaces }).then(resolvers.resolve, resolvers.reject)
      },
    }
  }

const plain = (attempt: Conditional): IssueAttempt => ({ ...attempt, replaces: undefined })

const readSlot = (slots: Slots, { client, scope }: Conditional) => slots.read(client.clientId, scope)

/** Compares the named generation with the number of the slot's latest change instead of the live token's generation. */
export const comparedWithSlot = answering((slots) => async (attempt) => {
  const slot = await readSlot(slots, attempt)
  const holds = slot?.live === undefined || slot.generation === attempt.replaces
  return issueFrom(slots, { ...attempt, replaces: holds ? (slot?.live?.generation ?? 0) : 0 })
})

/** Decides the condition when the request arrives, and later issues a token without checking the condition again. */
export const judgedAtArrival = answering((slots) => async (attempt) => {
  const slot = await readSlot(slots, attempt)
  const holds = slot?.live === undefined || slot.live.generation === attempt.replaces
  return issueFrom(slots, holds ? plain(attempt) : attempt)
})

/** If another request was faster, repeats the request without its condition. */
export const plainAfterLostRace = answering((slots) => async (attempt) => {
  const slot = await readSlot(slots, attempt)
  const held = slot?.live === undefined || slot.live.generation === attempt.replaces
  const outcome = await issueFrom(slots, attempt)
  return held && outcome.ok && outcome.value.kind === 'reused' ? issueFrom(slots, plain(attempt)) : outcome
})

/** Assumes that the first answer was lost, and repeats the request without its condition. */
export const plainAfterLostAnswer = answering((slots) => async (attempt) => {
  const outcome = await issueFrom(slots, attempt)
  return outcome.ok && outcome.value.kind === 'issued' ? issueFrom(slots, plain(attempt)) : outcome
})

/** Returns the last token that this replica knows, without reading the store. */
export const fromMemoryAlone = answering((slots) => {
  let known: IssueOutcome | undefined
  return async (attempt) => {
    if (known?.ok === true && known.value.token.generation !== attempt.replaces) {
      return { ok: true, value: { ...known.value, kind: 'reused' } }
    }
    return (known = await issueFrom(slots, attempt))
  }
})

/**
 * Lets a request join an earlier request that has already read the live token from the store. The answer of the earlier
 * request takes 20 ms, as over a slow network, so that the token can be replaced before another request joins.
 */
export const joiningHandOuts = answering((slots) => {
  let inFlight: Promise<IssueOutcome> | undefined
  return async (attempt) => {
    const joined = await inFlight
    const isHandOut = joined?.ok === true && joined.value.kind === 'reused'
    if (isHandOut && joined.value.token.generation !== attempt.replaces) return joined
    const own = issueFrom(slots, attempt).then(async (outcome) => {
      await new Promise((resolve) => setTimeout(resolve, 20))
      if (inFlight === own) inFlight = undefined
      return outcome
    })
    inFlight = own
    return own
  }
})

/** Broken variants for a server that is the only writer of its store. */
export const BROKEN_CONDITIONS: readonly (readonly [title: string, build: Build])[] = [
  ['a condition that is judged when the request arrives', { ...SOUND, slots: judgedAtArrival }],
  ['a hand-out of a token that is being written', { ...SOUND, strategy: memoryBeforeSync }],
]

/** Broken variants of conditional requests for several servers on one database. */
export const BROKEN_REPLICAS: readonly (readonly [title: string, build: (slots: Slots) => Slots])[] = [
  ['judge the condition at arrival and write without it', judgedAtArrival],
  ['try again without the condition after a lost race', plainAfterLostRace],
  ['try again without the condition after a lost answer', plainAfterLostAnswer],
  ['hand out a token from memory alone', fromMemoryAlone],
  ['let a request join a fresh read that was already sent', joiningHandOuts],
]
