// The decision about a token request when its batch closes, and the order of the rules.
import { describe, expect, test } from 'vitest'
import { addressRanges } from '../../address-ranges.ts'
import type { EarlierAttempt } from '../../../src/domain/earlier-attempt.ts'
import type { Integration, IntegrationState } from '../../../src/domain/integration.ts'
import { type Circumstances, judgeIssuance, type PendingRequest } from '../../../src/domain/judge-issuance.ts'
import { PREDICT } from '../../../src/domain/reference-catalog.ts'
import { close, empty, type RecordedToken, type Slot } from '../../../src/domain/slot.ts'
import { aToken, AUDIENCE, NOW, openSlot, slotAfter } from './a-slot.ts'
import { CLIENT, INTEGRATION } from './an-integration.ts'

const ASKED_AT = 1000
const ANSWER_WITHIN = 5000
const STABLE = { mode: { kind: 'stable', renewBeforeSeconds: 300 } } as const

interface Case {
  readonly slot?: Slot
  readonly integration?: Partial<Integration>
  readonly isDeleted?: boolean
  /** The token that was signed for the request. Its generation is 2 unless the test sets another. */
  readonly signed?: RecordedToken
  readonly earlier?: EarlierAttempt
  readonly wasJudgedBySame?: boolean
  readonly readGeneration?: number
  readonly replaces?: number
  readonly keyHasStopped?: boolean
  readonly audience?: string | undefined
  readonly waited?: number
}

/** The recorded live token has generation 1 unless the test sets another. */
function judged(of: Case) {
  const integration = of.integration === undefined ? INTEGRATION : { ...INTEGRATION, ...of.integration }
  const state: IntegrationState | undefined =
    of.isDeleted === true ? undefined : { integration, slots: [of.slot ?? slotAfter([1])] }
  const request: PendingRequest = {
    ...{ client: CLIENT, scope: PREDICT, requester: { address: '192.0.2.7' }, askedAt: ASKED_AT },
    ...{ readGeneration: of.readGeneration, replaces: of.replaces },
  }
  const circumstances: Circumstances = {
    ...{ signed: of.signed ?? aToken(2), earlier: of.earlier ?? 'none', now: NOW },
    judgedBy: of.wasJudgedBySame === true ? integration : undefined,
    keyHasStopped: of.keyHasStopped ?? false,
    audience: 'audience' in of ? of.audience : AUDIENCE,
    monotonic: ASKED_AT + (of.waited ?? 0),
  }
  return judgeIssuance(state, request, circumstances)
}

/** Returns the decision as one line of text. */
function inWords(of: Case): string {
  const judgement = judged(of)
  switch (judgement.kind) {
    case 'refuse':
      return `refuse: ${judgement.refusal.reason}`
    case 'reuse':
    case 'adopt':
      return `${judgement.kind}: ${String(judgement.live.generation)}`
    default:
      return judgement.kind
  }
}

const disabled = { enabled: false }
const revoked = (slot: Slot, generation: number): Slot => empty(slot, generation)

describe('at the first attempt, the decision is', () => {
  test.each<[title: string, of: Case, judgement: string]>([
    ['a signed token is put in an empty slot', { slot: openSlot() }, 'issue'],
    ['a signed token supersedes the live one', {}, 'issue'],
    ['a request that waited as long as is allowed still gets its token', { waited: ANSWER_WITHIN }, 'issue'],
    ['a request that waited longer gets none', { waited: ANSWER_WITHIN + 1 }, 'too_late'],
    ['a late request gets no reason for a refusal', { waited: ANSWER_WITHIN + 1, isDeleted: true }, 'too_late'],
    ['an integration that was deleted meanwhile', { isDeleted: true }, 'refuse: unknown_client'],
    ['an integration that was disabled meanwhile', { integration: disabled }, 'refuse: client_disabled'],
    ['a secret that was ended meanwhile', { integration: { secrets: [] } }, 'refuse: wrong_secret'],
    [
      'an address that is no longer allowed',
      { integration: { allowedAddresses: addressRanges('198.51.100.0/24') } },
      'refuse: address_not_allowed',
    ],
    ['a scope that was taken away', { slot: close(slotAfter([1]), false, 2) }, 'refuse: scope_not_granted'],
    ['a scope that was deleted', { audience: undefined }, 'refuse: scope_unknown'],
    ['a slot that has moved to the generation of the signed token', { slot: revoked(slotAfter([1]), 2) }, 'sign_again'],
    ['a slot that has moved past the signed token', { slot: slotAfter([1, 3]) }, 'sign_again'],
    ['a scope that has another audience by now', { audience: 'api://another' }, 'sign_again'],
    ['a key that signs no more', { keyHasStopped: true }, 'sign_again'],
    ['stable mode with a live token that is good for longer', { integration: STABLE }, 'reuse: 1'],
    ['stable mode with an empty slot', { integration: STABLE, slot: openSlot() }, 'issue'],
    ['stable mode, also if the signed token is outdated', { integration: STABLE, slot: slotAfter([3]) }, 'reuse: 3'],
    [
      'a later token is not adopted on the word of memory alone',
      { slot: slotAfter([3]), readGeneration: 1 },
      'sign_again',
    ],
  ])('%s', (_title, of, judgement) => {
    expect(inWords(of)).toBe(judgement)
  })
})

describe('for a request that names the token which it replaces, the decision is', () => {
  const ignoring = { conditional: false }
  test.each<[title: string, of: Case, judgement: string]>([
    ['the named token is superseded', { replaces: 1 }, 'issue'],
    ['the named token is superseded in stable mode too', { integration: STABLE, replaces: 1 }, 'issue'],
    ['another live token is handed out', { replaces: 0 }, 'reuse: 1'],
    [
      'another live token of a conflict is handed out',
      { earlier: 'conflict', slot: slotAfter([3]), replaces: 1 },
      'reuse: 3',
    ],
    ['a named token that another writer left alone is superseded', { earlier: 'conflict', replaces: 1 }, 'issue'],
    ['the condition is ignored', { integration: ignoring, replaces: 0 }, 'issue'],
    [
      'an ignored condition leaves stable mode as it is',
      { integration: { ...STABLE, ...ignoring }, replaces: 1 },
      'reuse: 1',
    ],
    ['a new token never has the named generation', { slot: openSlot(), replaces: 2 }, 'sign_again'],
    [
      'a stored token that has the named generation is not handed out',
      { earlier: 'stored', slot: slotAfter([2]), replaces: 2 },
      'ended',
    ],
    [
      'a named token that came while the request waited is not adopted',
      { earlier: 'conflict', slot: slotAfter([3]), readGeneration: 2, replaces: 3, signed: aToken(4) },
      'issue',
    ],
  ])('%s', (_title, of, judgement) => {
    expect(inWords(of)).toBe(judgement)
  })
})

describe('after a conflict with another writer, the decision is', () => {
  test.each<[title: string, of: Case, judgement: string]>([
    ['the request whose slot is read for the first time is signed again', { slot: slotAfter([3]) }, 'sign_again'],
    ['a token that came after that reading is adopted', { slot: slotAfter([3]), readGeneration: 2 }, 'adopt: 3'],
    ['a token that was there at that reading is not', { slot: slotAfter([3]), readGeneration: 3 }, 'sign_again'],
    [
      'a token for another audience is not adopted',
      { slot: slotAfter([3]), readGeneration: 2, audience: 'api://another' },
      'sign_again',
    ],
    ['a slot that was emptied since', { slot: revoked(slotAfter([1]), 3), readGeneration: 1 }, 'sign_again'],
    ['a slot that did not move after all', { slot: slotAfter([1]), readGeneration: 1 }, 'issue'],
    ['an integration that was disabled changes nothing', { integration: disabled }, 'refuse: client_disabled'],
  ])('%s', (_title, of, judgement) => {
    expect(inWords({ earlier: 'conflict', ...of })).toBe(judgement)
  })
})

describe('after a commit without an answer, the decision is', () => {
  test.each<[title: string, of: Case, judgement: string]>([
    ['the token is stored once more: only one of the two commits can be carried out', {}, 'issue'],
    [
      'a refusal would say that nothing changed, and the commit may still be carried out',
      { integration: disabled, wasJudgedBySame: true },
      'ended',
    ],
    [
      'an integration that changed since has made that commit void',
      { integration: disabled },
      'refuse: client_disabled',
    ],
  ])('%s', (_title, of, judgement) => {
    expect(inWords({ earlier: 'unknown', ...of })).toBe(judgement)
  })
})

describe('after the token was confirmed as stored, the decision is', () => {
  test.each<[title: string, of: Case, judgement: string]>([
    ['it is handed out while it is the live one', { slot: slotAfter([1, 2]) }, 'hand_out'],
    ['a token behind it answers instead', { slot: slotAfter([1, 2, 3]) }, 'adopt: 3'],
    [
      'it is not handed out with a signature that counts no more',
      { slot: slotAfter([1, 2]), keyHasStopped: true },
      'adopt: 2',
    ],
    ['a second one would end what a revocation did', { slot: revoked(slotAfter([1, 2]), 3) }, 'ended'],
    ['a refusal would say that nothing changed', { slot: slotAfter([1, 2]), integration: disabled }, 'ended'],
    ['a slot in memory that is older than the token is not believed', { slot: slotAfter([1]) }, 'issue'],
  ])('%s', (_title, of, judgement) => {
    expect(inWords({ earlier: 'stored', ...of })).toBe(judgement)
  })
})

test('the decision to issue a token contains the recorded state on which it is based', () => {
  const slot = slotAfter([1])
  expect(judged({ slot })).toEqual({ kind: 'issue', slot })
})
