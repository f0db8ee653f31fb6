// Says whether a presented access token is the live one of its slot: the one road for verify and introspection.
import { accept, type AccessTokenClaims, refuse, type Result } from '@latchkey/protocol'
import type { TokenRefusal } from '../domain/refusal.ts'
import type { EpochSeconds, Slot } from '../domain/slot.ts'
import { standing } from '../domain/standing.ts'
import type { Catalog } from '../ports/catalog.ts'
import type { Clock } from '../ports/clock.ts'
import type { Slots } from '../ports/slots.ts'
import type { TokenSignatures } from '../ports/token-signatures.ts'

export interface VerifyTokenPorts {
  readonly signatures: TokenSignatures
  readonly slots: Slots
  readonly catalog: Catalog
  readonly clock: Clock
}

export type Verdict = Result<AccessTokenClaims, TokenRefusal>

/**
 * A good signature is not enough: the slot's row decides. A value and no promise where the row is at hand. Throws, or
 * rejects with, `StoreUnavailable` when the row is not known.
 */
export function verifyToken(ports: VerifyTokenPorts, text: string): Verdict | Promise<Verdict> {
  const signed = ports.signatures.verify(text)
  if (!signed.ok)
    return signed.refusal === 'bad_signature' ? lookAgain(ports, text) : refuse({ reason: signed.refusal })
  return readAndJudge(ports, text, signed.value)
}

/** A key that was published since the keys were read is not a bad one. */
function lookAgain(ports: VerifyTokenPorts, text: string): Verdict | Promise<Verdict> {
  const current = ports.slots.current()
  if (current === undefined) return refuse({ reason: 'bad_signature' })
  return current.then(() => {
    const signed = ports.signatures.verify(text)
    return signed.ok ? readAndJudge(ports, text, signed.value) : refuse({ reason: signed.refusal })
  })
}

function readAndJudge(ports: VerifyTokenPorts, text: string, claims: AccessTokenClaims): Verdict | Promise<Verdict> {
  const slot = ports.slots.read(claims.client_id, claims.scope)
  if (!(slot instanceof Promise)) return judge(ports, claims, slot)
  return slot.then((found) => {
    // Its key may have been revoked since: with the slot came the news of that.
    const signed = ports.signatures.verify(text)
    return signed.ok ? judge(ports, signed.value, found) : refuse({ reason: signed.refusal })
  })
}

function judge(
  { slots, catalog, clock }: VerifyTokenPorts,
  claims: AccessTokenClaims,
  slot: Slot | undefined,
): Verdict {
  const { client_id: clientId, scope, gen, jti } = claims
  const verdict = standing(claims, slot, catalog.scope(scope)?.audience, clock.now())
  if (verdict === 'live') return accept(claims)
  if (slot !== undefined && isNewlyEnded(slot, claims, verdict)) slots.markEnded(clientId, scope, gen)
  const at = verdict === 'superseded' ? supersededAt(slot, gen) : undefined
  const isNewer = verdict === 'unknown' && slot !== undefined && gen > slot.generation
  return refuse({
    reason: verdict,
    clientId,
    jti,
    ...(at !== undefined && { at }),
    ...(isNewer && { newerThanStore: true }),
  })
}

/** A recorded token whose time is over: the answer is final, however the wall clock is set afterwards. */
const isNewlyEnded = (slot: Slot, { gen }: AccessTokenClaims, verdict: string): boolean =>
  slot.endedGeneration < gen &&
  (verdict === 'expired' || (verdict === 'superseded' && slot.predecessor?.token.generation === gen))

/** When the token was superseded, as far as memory tells: no verification waits for the disk to look further back. */
const supersededAt = (slot: Slot | undefined, generation: number): EpochSeconds | undefined =>
  slot?.supersededGeneration === generation ? slot.live?.issuedAt : undefined
