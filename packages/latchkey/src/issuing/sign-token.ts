// Signs the claims of a recorded token.
import { accessTokenClaims } from '@latchkey/protocol'
import type { RecordedToken, Slot } from '../domain/slot.ts'
import type { Signed, Signer } from '../ports/signer.ts'
import type { IssuedToken } from '../ports/slots.ts'
import type { KeyCell } from '../state/key-cell.ts'

export interface SigningPorts {
  readonly signer: Signer
  /** Which keys have stopped signing. */
  readonly keys: KeyCell
  readonly issuer: string
}

/** Calls `signed` as the port `Signer` says. */
export function signToken(
  { issuer, signer }: SigningPorts,
  clientId: string,
  { scope }: Slot,
  { audience, jti, generation, issuedAt, expiresAt }: RecordedToken,
  signed: Signed,
): void {
  const facts = { issuer, clientId, scope, audience, jti, generation, issuedAt, expiresAt }
  signer.sign(accessTokenClaims(facts), signed)
}

/**
 * The recorded claims under the key that signs today: no bearer text is stored, `jti` and `gen` are the identity.
 * Undefined if that key was revoked while it signed: the request has to be judged again.
 */
export async function signRecorded(
  ports: SigningPorts,
  clientId: string,
  slot: Slot,
  token: RecordedToken,
): Promise<IssuedToken | undefined> {
  const { kid } = ports.signer
  const text = await new Promise<string>((resolve, reject) => {
    signToken(ports, clientId, slot, token, (cause, signed) => {
      if (cause === undefined) resolve(signed)
      else reject(new Error('the token could not be signed', { cause }))
    })
  })
  return ports.keys.isRevoked(kid) ? undefined : { text, token, kind: 'reused', superseded: undefined }
}
