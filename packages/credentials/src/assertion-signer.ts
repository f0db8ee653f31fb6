// Signs client assertions with the client's own key (RFC 7523 §3).
import { constants, createHash, createPublicKey, type KeyObject, randomBytes, sign } from 'node:crypto'
import type { AuthenticatedSubject } from './client-credentials.ts'
import type { Algorithm, LoadedKey } from './own-key.ts'

/** The lifetime of an assertion, in seconds. A server of the profile FAPI 2.0 accepts no more. */
const LIFETIME_SECONDS = 60
const JTI_BYTES = 16

/** Returns a function that signs a new assertion each time. */
export function assertionSigner({
  privateKey: key,
  keyId,
  algorithm: alg,
}: LoadedKey): (subject: AuthenticatedSubject) => string {
  const kid = keyId ?? thumbprintOf(key)
  const header = encoded({ alg, kid, typ: 'client-authentication+jwt' })
  return ({ clientId, audience }) => {
    const now = Math.floor(Date.now() / 1000)
    const claims = {
      ...{ iss: clientId, sub: clientId, aud: audience },
      jti: randomBytes(JTI_BYTES).toString('base64url'),
      ...{ iat: now, exp: now + LIFETIME_SECONDS },
    }
    const input = `${header}.${encoded(claims)}`
    return `${input}.${signatureOf(input, key, alg).toString('base64url')}`
  }
}

function signatureOf(input: string, key: KeyObject, alg: Algorithm): Buffer {
  const data = Buffer.from(input)
  switch (alg) {
    case 'RS256':
      return sign('sha256', data, key)
    case 'PS256':
      return sign('sha256', data, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 })
    case 'ES256':
      return sign('sha256', data, { key, dsaEncoding: 'ieee-p1363' })
    case 'EdDSA':
      return sign(null, data, key)
  }
}

/** The thumbprint of the public key (RFC 7638), with SHA-256. */
function thumbprintOf(key: KeyObject): string {
  const { crv, e, kty, n, x, y } = createPublicKey(key).export({ format: 'jwk' })
  const members = kty === 'RSA' ? { e, kty, n } : kty === 'EC' ? { crv, kty, x, y } : { crv, kty, x }
  return createHash('sha256').update(JSON.stringify(members)).digest('base64url')
}

const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
