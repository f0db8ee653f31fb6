// The live table and the server reach the same verdict on a token, after any history of the slot.
import { generateKeyPairSync, hash, randomUUID } from 'node:crypto'
import { accessTokenClaims, type FeedSlot } from '@latchkey/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { followedStanding } from '../../../latchkey/src/domain/followed-slot.ts'
import { PREDICT } from '../../../latchkey/src/domain/reference-catalog.ts'
import * as slots from '../../../latchkey/src/domain/slot.ts'
import { standing } from '../../../latchkey/src/domain/standing.ts'
import { accepted } from '../../src/decision.ts'
import { LiveTable } from '../../src/live-table.ts'
import type { SignedToken } from '../../src/signed-tokens.ts'
import { standingIn } from '../../src/slot-standing.ts'

const CLIENT = 'lkabcdefghijklmn'
const { publicKey } = generateKeyPairSync('ed25519')
const KEY = { kid: 'key', alg: 'EdDSA', publicKey, digest: null, signatureBytes: 64 }
const now = Math.floor(Date.now() / 1000)

const rowOf = (slot: slots.Slot): FeedSlot => ({
  clientId: CLIENT,
  scope: 0,
  generation: slot.generation,
  standing: followedStanding(slot),
  live: slot.live && feedToken(slot.live),
  previous: slot.predecessor && { ...feedToken(slot.predecessor.token), until: slot.predecessor.until },
})

const feedToken = ({ generation, jti, expiresAt }: slots.RecordedToken) => ({
  generation,
  expiresAt,
  jtiHash: hash('sha256', jti, 'base64url'),
})

const signedOf = ({ generation, jti, issuedAt, expiresAt, audience }: slots.RecordedToken): SignedToken => {
  const claims = { clientId: CLIENT, scope: PREDICT, audience, jti, generation, issuedAt, expiresAt }
  return {
    claims,
    accepted: accepted(claims),
    isEnded: false,
    key: KEY,
    jtiHash: hash('sha256', jti, 'latin1'),
    slot: -1,
    table: undefined,
  }
}

const act = fc.oneof(
  fc.record({ kind: fc.constant('issue'), grace: fc.constantFrom(0, 60), lifetime: fc.constantFrom(-5, 3600) }),
  fc.record({ kind: fc.constantFrom('revoke live', 'revoke previous', 'empty', 'disable', 'remove', 'reopen') }),
)

test('after any history, the guard and the server reach the same verdict on an issued token', () => {
  fc.assert(
    fc.property(fc.array(act, { maxLength: 20 }), (acts) => {
      let slot = slots.emptySlot(1, PREDICT, true)
      const table = new LiveTable()
      const issued: slots.RecordedToken[] = []
      for (const [i, each] of acts.entries()) {
        slot = after(slot, each, i + 1, issued)
        table.apply(rowOf(slot))
      }
      for (const token of issued) {
        const presented = accessTokenClaims({ ...token, issuer: 'https://a', clientId: CLIENT, scope: PREDICT })
        const theirs = standing(presented, slot, token.audience, now)
        const ours = standingIn(table, table.find(CLIENT, 0), signedOf(token))
        // The state of a slot does not say which of its ended tokens was revoked.
        const isOver = (verdict: string): boolean => verdict === 'superseded' || verdict === 'revoked'
        expect(isOver(theirs) && isOver(ours) ? 'over' : ours).toBe(isOver(theirs) ? 'over' : theirs)
      }
    }),
  )
})

function after(
  slot: slots.Slot,
  each: { kind: string; grace?: number; lifetime?: number },
  generation: number,
  issued: slots.RecordedToken[],
): slots.Slot {
  switch (each.kind) {
    case 'issue': {
      if (!slot.open) return slot
      const expiresAt = now + (each.lifetime ?? 0)
      const token = { generation, jti: randomUUID(), issuedAt: now - 10, expiresAt, audience: 'api://default' }
      issued.push(token)
      return slots.supersede(slot, token, each.grace ?? 0, now)
    }
    case 'revoke live':
      return slots.revoke(slot, slot.live?.jti ?? '', generation) ?? slot
    case 'revoke previous':
      return slots.revoke(slot, slot.predecessor?.token.jti ?? '', generation) ?? slot
    case 'empty':
      return slots.empty(slot, generation)
    case 'disable':
      return slots.close(slot, slot.granted, generation)
    case 'remove':
      return slots.close(slot, false, generation)
    default:
      return slots.reopen(slot)
  }
}

test('a token that differs from its record is unknown, and one with a higher generation than the table is newer', () => {
  const table = new LiveTable()
  const token = { generation: 5, jti: randomUUID(), issuedAt: now, expiresAt: now + 60, audience: 'api://default' }
  const slot = slots.supersede(slots.emptySlot(1, PREDICT, true), token, 0, now)
  table.apply(rowOf(slot))
  const judge = (change: Partial<slots.RecordedToken>) => standingIn(table, 0, signedOf({ ...token, ...change }))
  expect(judge({})).toBe('live')
  expect(judge({ jti: randomUUID() })).toBe('unknown')
  expect(judge({ expiresAt: now + 61 })).toBe('unknown')
  expect(judge({ generation: 0 })).toBe('unknown')
  expect(judge({ generation: 4 })).toBe('superseded')
  expect(judge({ generation: 6 })).toBe('newer')
})
