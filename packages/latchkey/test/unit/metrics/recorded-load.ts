// A load of token requests for tests, which is the same for the same seed: busy and idle clients, shared tokens, late
// answers.
import type { Scope } from '@latchkey/protocol'
import fc from 'fast-check'
import type { AnsweredRequest } from '../../../src/domain/contention.ts'
import { MODEL, PREDICT } from '../../../src/domain/reference-catalog.ts'
import type { RecordedToken } from '../../../src/domain/slot.ts'

export const START = 1_800_000_000

export interface LoadedRequest {
  readonly clientId: string
  readonly scope: Scope
  readonly kind: 'issued' | 'reused'
  readonly request: AnsweredRequest & { readonly at: number }
  /** The seconds since the previous request. */
  readonly wait: number
}

const wait = fc.oneof(
  { weight: 12, arbitrary: fc.nat({ max: 4 }) },
  { weight: 3, arbitrary: fc.nat({ max: 60 }) },
  { weight: 1, arbitrary: fc.nat({ max: 600 }) },
)

const step = fc.record({
  client: fc.oneof({ weight: 3, arbitrary: fc.nat({ max: 1 }) }, { weight: 2, arbitrary: fc.nat({ max: 7 }) }),
  scope: fc.constantFrom(PREDICT, PREDICT, MODEL),
  by: fc.oneof({ weight: 3, arbitrary: fc.nat({ max: 1 }) }, { weight: 1, arbitrary: fc.nat({ max: 11 }) }),
  secret: fc.constantFrom('sec_1', 'sec_1', 'sec_2'),
  lifetime: fc.constantFrom(3600, 3600, 20),
  answer: fc.constantFrom('new', 'new', 'new', 'new', 'shared', 'late', 'reused'),
  names: fc.boolean(),
  wait,
})

/** The steps are random. The server's answer to each follows from the previous steps. */
export const anyLoad = fc.array(step, { minLength: 200, maxLength: 400 }).map((steps) => {
  const tokens = new Map<string, RecordedToken[]>()
  let at = START
  let generation = 0
  return steps.map(({ client, scope, by, secret, lifetime, answer, names, wait: passed }): LoadedRequest => {
    at += passed
    const clientId = `lk${String(client)}`
    const ofSlot = tokens.get(`${clientId} ${scope}`) ?? []
    tokens.set(`${clientId} ${scope}`, ofSlot)
    if (answer === 'new' || ofSlot.length < 2) {
      generation++
      const times = { issuedAt: at, expiresAt: at + lifetime }
      ofSlot.push({ generation, jti: `jti-${String(generation)}`, ...times, audience: 'api://default' })
    }
    const index = ofSlot.length - (answer === 'late' && ofSlot.length > 1 ? 2 : 1)
    const token = ofSlot[index] as RecordedToken
    const kind = answer === 'reused' ? 'reused' : 'issued'
    const superseded = kind === 'reused' ? undefined : ofSlot[index - 1]
    const source = { address: `192.0.2.${String(by)}`, userAgent: by % 5 === 4 ? 'bad\tagent' : 'curl/8' }
    // The monotonic clock begins at the start of the load.
    const subject = by % 7 === 6 ? `payments/worker pod ${String(by)}` : undefined
    const seen = { ...source, subject, credentialId: secret, isConditional: names }
    const request = { ...seen, token, superseded, at, moment: (at - START) * 1000 }
    return { clientId, scope, kind, request, wait: passed }
  })
})
