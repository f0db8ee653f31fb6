// Decides whether a presented access token is live, for the verify and introspection endpoints.
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
 * Checks the signature of the token, then its slot (the live token of its integration and scope). Returns a promise
 * only if the server must first read the slot from the store. Throws or rejects with `StoreUnavailable` if the state of
 * the slot is unknown.
 */
export function verifyToken(ports: VerifyTokenPorts, text: string): Verdict | Promise<Verdict> {
  const signed = ports.signatures.verify(text)
  if (!signed.ok)
    return signed.refusal === 'bad_signature' ? refreshAndVerify(ports, text) : refuse({ reason: signed.refusal })
  return readAndJudge(ports, text, signed.value)
}

/** Refreshes the signing keys and checks the signature again, because another server may have published a new key. */
function refreshAndVerify(ports: VerifyTokenPorts, text: string): Verdict | Promise<Verdict> {
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
    // The read of the slot also refreshed the signing keys, and the key of the token may now be revoked. So the server
    // checks the signature again.
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

/**
 * Returns true if this check is the first to find that the token has expired, or that its grace period after a newer
 * token is over. The server then records the end of the token, so that the token stays ended even if the wall clock is
 * set back.
 */
const isNewlyEnded = (slot: Slot, { gen }: AccessTokenClaims, verdict: string): boolean =>
  slot.endedGeneration < gen &&
  (verdict === 'expired' || (verdict === 'superseded' && slot.predecessor?.token.generation === gen))

/**
 * Returns when the token was superseded. Undefined if the time is not in memory, because a token check must not wait
 * for the disk only to report this time.
 */
const supersededAt = (slot: Slot | undefined, generation: number): EpochSeconds | undefined =>
  slot?.supersededGeneration === generation ? slot.live?.issuedAt : undefined
