// An ended token stays ended, whatever changes follow and however the wall clock is set.
import fc from 'fast-check'
import { test } from 'vitest'
import { applyChange } from '../../../src/domain/integration-change.ts'
import type { IntegrationState } from '../../../src/domain/integration.ts'
import { REPLACE } from '../../../src/domain/issue-mode.ts'
import { PREDICT } from '../../../src/domain/reference-catalog.ts'
import { markEnded, type RecordedToken, revoke, type Slot, supersede } from '../../../src/domain/slot.ts'
import { standing } from '../../../src/domain/standing.ts'
import { aToken, AUDIENCE, claimsOf, NOW, openSlot } from './a-slot.ts'

type Act =
  | { readonly kind: 'issue' | 'check' | 'disable' | 'enable' | 'remove_scope' | 'grant_scope' }
  | { readonly kind: 'revoke'; readonly which: number }
  | { readonly kind: 'clock'; readonly seconds: number }

const anAct: fc.Arbitrary<Act> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Act>({ kind: 'issue' }) },
  { weight: 4, arbitrary: fc.constant<Act>({ kind: 'check' }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('revoke'), which: fc.nat(5) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('clock'), seconds: fc.integer({ min: -4000, max: 4000 }) }) },
  fc.constantFrom<Act>({ kind: 'disable' }, { kind: 'enable' }, { kind: 'remove_scope' }, { kind: 'grant_scope' }),
)

class World {
  now = NOW
  readonly tokens: RecordedToken[] = []
  readonly dead = new Set<RecordedToken>()
  readonly #graceSeconds: number
  #state: IntegrationState

  constructor(graceSeconds: number) {
    this.#graceSeconds = graceSeconds
    const integration = {
      clientId: 'lk0123456789abcd',
      enabled: true,
      version: 1,
      secrets: [],
      credentials: [],
      resourceServerFor: [],
    }
    this.#state = {
      integration: { ...integration, mode: REPLACE, graceSeconds, conditional: true, allowedAddresses: [] },
      slots: [openSlot()],
    }
  }

  get slot(): Slot {
    const [slot] = this.#state.slots
    if (slot === undefined) throw new Error('the slot of a client is never removed while the client exists')
    return slot
  }

  get isOpen(): boolean {
    return this.slot.open && this.slot.granted && this.#state.integration.enabled
  }

  act(act: Act): void {
    switch (act.kind) {
      case 'issue':
        if (this.slot.open) this.#issue()
        return
      case 'revoke': {
        const token = this.tokens.at(-1 - act.which)
        const revoked = token && revoke(this.slot, token.jti, this.slot.generation + 1)
        if (revoked !== undefined) this.#put(revoked)
        return
      }
      case 'check':
        for (const token of this.tokens) this.verdict(token)
        return
      case 'clock':
        this.now += act.seconds
        return
      case 'disable':
      case 'enable':
        return this.#change({ kind: act.kind })
      case 'remove_scope':
        return this.#change({ kind: 'set_scopes', scopes: [] })
      case 'grant_scope':
        return this.#change({ kind: 'set_scopes', scopes: [PREDICT] })
    }
  }

  /** Does the same as a verification: records that the token has ended, if it has. */
  verdict(token: RecordedToken): string {
    const { slot } = this
    const verdict = standing(claimsOf(token), slot, AUDIENCE, this.now)
    const isGraceOver = verdict === 'superseded' && slot.predecessor?.token.generation === token.generation
    if (verdict === 'expired' || isGraceOver) this.#put(markEnded(slot, token.generation))
    return verdict
  }

  #issue(): void {
    const token = aToken(this.slot.generation + 1, this.now)
    this.tokens.push(token)
    this.#put(supersede(this.slot, token, this.#graceSeconds, this.now))
  }

  #change(change: Parameters<typeof applyChange>[1]): void {
    const context = { now: this.now, nextGeneration: (slot: Slot) => slot.generation + 1, nextSlotId: () => 2 }
    const changed = applyChange(this.#state, change, context)
    if (changed.ok) this.#state = changed.value
  }

  #put(slot: Slot): void {
    this.#state = { ...this.#state, slots: [slot] }
  }
}

const aHistory = fc.record({ graceSeconds: fc.constantFrom(0, 1, 300), acts: fc.array(anAct, { maxLength: 40 }) })

test('a token that the server has refused once is never accepted again', () => {
  fc.assert(
    fc.property(aHistory, ({ graceSeconds, acts }) => {
      const world = new World(graceSeconds)
      for (const act of acts) {
        world.act(act)
        // Only a check makes the end of a token permanent, because a caller learns of the end only from a check.
        if (act.kind !== 'check') continue
        for (const token of world.tokens) {
          if (world.verdict(token) !== 'live') world.dead.add(token)
          else if (world.dead.has(token)) return false
        }
      }
      return true
    }),
    { numRuns: 500 },
  )
})

test('at most one token is accepted, or the two newest during grace', () => {
  fc.assert(
    fc.property(aHistory, ({ graceSeconds, acts }) => {
      const world = new World(graceSeconds)
      return acts.every((act) => {
        world.act(act)
        const accepted = world.tokens.filter((token) => world.verdict(token) === 'live')
        const newest = world.tokens.slice(graceSeconds === 0 ? -1 : -2)
        return accepted.every((token) => newest.includes(token))
      })
    }),
    { numRuns: 500 },
  )
})

test('an issued token is accepted at once, and the generation of a slot never falls', () => {
  fc.assert(
    fc.property(aHistory, ({ graceSeconds, acts }) => {
      const world = new World(graceSeconds)
      return acts.every((act) => {
        const { generation } = world.slot
        const wasOpen = world.isOpen
        world.act(act)
        if (act.kind !== 'issue' || !wasOpen) return world.slot.generation >= generation
        const [issued] = world.tokens.slice(-1)
        return issued !== undefined && world.verdict(issued) === 'live' && world.slot.generation > generation
      })
    }),
    { numRuns: 500 },
  )
})

test('nothing is accepted while the integration is disabled or the scope is removed', () => {
  fc.assert(
    fc.property(aHistory, ({ graceSeconds, acts }) => {
      const world = new World(graceSeconds)
      return acts.every((act) => {
        world.act(act)
        return world.isOpen || world.tokens.every((token) => world.verdict(token) !== 'live')
      })
    }),
    { numRuns: 500 },
  )
})
