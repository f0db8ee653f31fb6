// Signs the claims of a recorded token.
import { accessTokenClaims } from '@latchkey/protocol'
import type { RecordedToken, Slot } from '../domain/slot.ts'
import type { Signed, Signer } from '../ports/signer.ts'
import type { IssuedToken } from '../ports/slots.ts'
import type { SigningKeySnapshot } from '../state/signing-key-snapshot.ts'

export interface SigningPorts {
  readonly signer: Signer
  /** The signing keys, which tell whether a key has been revoked. */
  readonly keys: SigningKeySnapshot
  readonly issuer: string
}

/** Signs a token. Calls `signed` under the rules of the port `Signer`. */
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
 * Signs the recorded claims of a live token again with the present key, because the store does not contain the texts of
 * tokens. The result is the same token, because `jti` and `gen` identify a token. Resolves to undefined if the key was
 * revoked during signing. The caller must then decide about the request again.
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
