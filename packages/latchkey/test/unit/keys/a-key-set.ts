// Real keys for the tests of this folder.
import { randomBytes } from 'node:crypto'
import { type AccessTokenClaims, accessTokenClaims, type AccessTokenFacts, type Scope } from '@latchkey/protocol'
import type { SigningAlgorithm } from '../../../src/domain/signing-key.ts'
import { deriveKeys } from '../../../src/keys/derived-keys.ts'
import { KeySet } from '../../../src/keys/key-set.ts'
import { MasterKey } from '../../../src/keys/master-key.ts'
import { Sealing } from '../../../src/keys/sealing.ts'
import { generateSigningKey, type OpenedKey, openSigningKey } from '../../../src/keys/signing-keys.ts'

export const NOW = 1_790_000_000
export const ISSUER = 'https://auth.example.com/oauth2/ausao8uveaPmyhv0v357'
export const AUDIENCE = 'api://default'

export const someDerivedKeys = () => deriveKeys(new MasterKey(randomBytes(32)))

export async function anOpenedKey(alg: SigningAlgorithm, createdAt: number = NOW): Promise<OpenedKey> {
  const sealing = new Sealing(someDerivedKeys().keySealing)
  return openSigningKey(await generateSigningKey({ alg, status: 'signing', createdAt, sealing }), sealing)
}

export const aKeySet = async (alg: SigningAlgorithm): Promise<KeySet> => new KeySet([await anOpenedKey(alg)], NOW)

export const retired = (key: OpenedKey, acceptedUntil: number): OpenedKey => ({
  ...key,
  record: { ...key.record, status: 'retired', acceptedUntil },
})

export const revoked = (key: OpenedKey): OpenedKey => ({
  ...key,
  record: { ...key.record, status: 'revoked', revokedAt: NOW, acceptedUntil: NOW + 3600 },
})

export const next = (key: OpenedKey): OpenedKey => ({ ...key, record: { ...key.record, status: 'next' } })

export const someClaims = (different: Partial<AccessTokenFacts> = {}): AccessTokenClaims =>
  accessTokenClaims({
    issuer: ISSUER,
    clientId: 'lkabcdefgh123456',
    scope: 'machinelearning.predict' as Scope,
    audience: AUDIENCE,
    jti: '5b1ff03e-3f44-4f8d-9f0b-2d3a9a1c7e10',
    generation: 7,
    issuedAt: NOW,
    expiresAt: NOW + 3600,
    ...different,
  })
