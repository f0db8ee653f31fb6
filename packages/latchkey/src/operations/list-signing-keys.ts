// Lists the signing keys for an operator, without the private keys.
import type { SigningKeyRecord } from '../domain/signing-key.ts'
import type { SigningKeys } from '../ports/signing-keys.ts'

export type ListedSigningKey = Omit<SigningKeyRecord, 'sealedPrivateKey'>

/** Returns the keys, the oldest first. Throws `StoreUnavailable`. */
export async function listSigningKeys(ports: {
  readonly signingKeys: SigningKeys
}): Promise<readonly ListedSigningKey[]> {
  const keys = await ports.signingKeys.all()
  return keys.map(withoutPrivateHalf)
}

export const withoutPrivateHalf = ({
  kid,
  alg,
  status,
  publicJwk,
  createdAt,
  signsFrom,
  retiredAt,
  revokedAt,
  acceptedUntil,
}: SigningKeyRecord): ListedSigningKey => ({
  ...{ kid, alg, status, publicJwk },
  ...{ createdAt, signsFrom, retiredAt, revokedAt, acceptedUntil },
})
