// The issuer of a mock. It signs the tokens that platforms give to workloads. Its key replaces the keys that a server
// would fetch from each trusted issuer.
import { generateKeyPair, type KeyObject, randomUUID, sign } from 'node:crypto'
import { promisify } from 'node:util'
import type { Platform, TrustedIssuer } from '../domain/trusted-issuer.ts'
import { keyUseOf } from '../keys/issuer-material.ts'
import { findIn } from '../keys/key-source/find-in.ts'
import { readKeySet } from '../keys/key-source/read-key-set.ts'
import type { Clock } from '../ports/clock.ts'
import type { KeySource, KeySourceState } from '../ports/key-source.ts'
import type { DesiredAssertion, MockIssuer, SignedAssertion } from '../ports/mock-controls.ts'
import { type Json, platformClaims } from './platform-claims.ts'

const ALG = 'RS256'
const KID = 'mock-1'
const newKeyPair = promisify(generateKeyPair)

interface SigningKey {
  readonly privateKey: KeyObject
  readonly jwk: Json
}

export function createMockIssuer(clock: Clock): MockIssuer {
  let made: Promise<SigningKey> | undefined
  // The key is made when it is first needed, because it would delay the start of every mock.
  const key = (): Promise<SigningKey> => (made ??= newSigningKey())
  return {
    sign: async (desired) => signedBy(await key(), desired, clock.now()),
    keySource: (issuer) => sourceOf(issuer, key),
  }
}

async function newSigningKey(): Promise<SigningKey> {
  const { privateKey, publicKey } = await newKeyPair('rsa', { modulusLength: 2048 })
  return { privateKey, jwk: { ...publicKey.export({ format: 'jwk' }), kid: KID, alg: ALG } }
}

function signedBy({ privateKey, jwk }: SigningKey, desired: DesiredAssertion, now: number): SignedAssertion {
  const { platform, fault } = desired
  // Kubernetes writes no `typ`, and JSON omits a member that is undefined.
  const header = {
    alg: ALG,
    kid: fault === 'kid' ? 'unknown-1' : KID,
    typ: platform === 'kubernetes' ? undefined : 'JWT',
  }
  const input = `${encoded(header)}.${encoded(claimsOf(desired, now))}`
  const signature = sign('sha256', Buffer.from(input), privateKey)
  if (fault === 'signature') signature[0] = (signature[0] ?? 0) ^ 1
  return {
    assertion: `${input}.${signature.toString('base64url')}`,
    keys: [published(jwk, platform)],
  }
}

function claimsOf({ platform, claims, fault, audience }: DesiredAssertion, now: number): Json {
  const { lifetime, hasArrayAudience, ...usual } = platformClaims(platform)
  const aud = fault === 'audience' ? 'https://audience.invalid' : audience
  const issuedAt = fault === 'expired' ? now - lifetime - 60 : now
  const all: Json = {
    aud: hasArrayAudience ? [aud] : aud,
    ...{ iat: issuedAt, nbf: issuedAt, exp: issuedAt + lifetime, jti: randomUUID() },
    ...usual.claims,
    ...claims,
  }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null))
}

/** Returns the key as the platform publishes it. */
const published = (jwk: Json, platform: Platform): Json => ({
  ...jwk,
  use: platform === 'spiffe' ? 'jwt-svid' : 'sig',
})

const encoded = (value: Json): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** Returns a key source with the key of the mock. It fetches nothing, so it is never unavailable. */
function sourceOf(
  { platform, algorithms }: Pick<TrustedIssuer, 'platform' | 'algorithms'>,
  key: () => Promise<SigningKey>,
): KeySource {
  const state = (): KeySourceState => ({
    fetchedAt: undefined,
    freshUntil: undefined,
    lastError: undefined,
    kids: [KID],
  })
  const keyUse = keyUseOf({ platform })
  const keys = async () => readKeySet([published((await key()).jwk, platform)], { algorithms, keyUse }, [])
  let read: ReturnType<typeof keys> | undefined
  return {
    find: async (query) => findIn(await (read ??= keys()), query) ?? { outcome: 'unknown_key' },
    refresh: () => Promise.resolve(state()),
    state,
    close: () => undefined,
  }
}
