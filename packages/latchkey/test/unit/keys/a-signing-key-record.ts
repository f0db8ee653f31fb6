// Records of signing keys whose private halves are never opened.
import type { SigningKeyRecord } from '../../../src/domain/signing-key.ts'
import { NOW } from './a-key-set.ts'

export const aRecord = (different: Partial<SigningKeyRecord> = {}): SigningKeyRecord => ({
  kid: 'k',
  alg: 'EdDSA',
  status: 'signing',
  publicJwk: { kty: 'OKP', crv: 'Ed25519', x: 'x', kid: different.kid ?? 'k', alg: 'EdDSA', use: 'sig' },
  sealedPrivateKey: new Uint8Array(),
  createdAt: NOW,
  signsFrom: NOW,
  retiredAt: null,
  revokedAt: null,
  acceptedUntil: null,
  ...different,
})
