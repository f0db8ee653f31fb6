// Makes client keys, and right and wrong assertions, without using the code under test.
import { createHmac, generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto'
import { readClientKey } from '../src/keys/client-keys.ts'
import type { TestServer } from './a-server.ts'
import { changing } from './changing.ts'

export type Json = Readonly<Record<string, unknown>>

export interface TestKey {
  readonly alg: string
  readonly kid: string
  readonly privateKey: KeyObject
  /** The public key in the form in which an operator registers it. */
  readonly jwk: Json
}

const PAIRS = {
  RS256: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  PS256: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ES256: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  ES384: () => generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  EdDSA: () => generateKeyPairSync('ed25519'),
}

export type TestAlgorithm = keyof typeof PAIRS

export function aClientKey(alg: TestAlgorithm = 'ES256', kid: string = randomUUID()): TestKey {
  const { privateKey, publicKey } = PAIRS[alg]()
  return { alg, kid, privateKey, jwk: { ...publicKey.export({ format: 'jwk' }), alg, kid } }
}

export interface Sender {
  readonly clientId: string
  readonly issuer: string
  readonly key: TestKey
  /** The time of the signature, in seconds. Default: the present time. */
  readonly now?: number
}

/** The claims of a right assertion. */
export const claimsOf = ({ clientId, issuer, now = Math.floor(Date.now() / 1000) }: Sender): Json => ({
  iss: clientId,
  sub: clientId,
  aud: issuer,
  jti: randomUUID(),
  iat: now,
  exp: now + 60,
})

export const headerOf = ({ key: { alg, kid } }: Sender): Json => ({ alg, kid, typ: 'client-authentication+jwt' })

/**
 * Makes a right assertion, but with these members in its header and its claims. A member that is undefined is left out.
 */
export const anAssertion = (sender: Sender, claims: Json = {}, header: Json = {}): string =>
  signed({ ...headerOf(sender), ...header }, { ...claimsOf(sender), ...claims }, sender.key)

export const signed = (header: Json, claims: Json, key: TestKey): string =>
  signedTexts(JSON.stringify(header), JSON.stringify(claims), key)

/** Signs texts that need not be JSON. */
export function signedTexts(header: string, payload: string, key: TestKey): string {
  const input = `${base64url(header)}.${base64url(payload)}`
  return `${input}.${signatureOf(input, key).toString('base64url')}`
}

export function signatureOf(input: string, { alg, privateKey }: TestKey): Buffer {
  const data = Buffer.from(input)
  switch (alg) {
    case 'ES256':
      return sign('sha256', data, { key: privateKey, dsaEncoding: 'ieee-p1363' })
    case 'ES384':
      return sign('sha384', data, { key: privateKey, dsaEncoding: 'ieee-p1363' })
    case 'EdDSA':
      return sign(null, data, privateKey)
    case 'PS256':
      return sign('sha256', data, { key: privateKey, padding: 6, saltLength: 32 })
    default:
      return sign('sha256', data, privateKey)
  }
}

/**
 * Signs an assertion with HS256. The key is this text, or these bytes. An attacker who knows only the public key may
 * try this.
 */
export function signedWithHmac(header: Json, claims: Json, secret: string | Buffer): string {
  const input = `${base64url(JSON.stringify({ ...header, alg: 'HS256' }))}.${base64url(JSON.stringify(claims))}`
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`
}

export const base64url = (text: string | Buffer): string => Buffer.from(text).toString('base64url')

export const JWT_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** The form body of a token request with an assertion. */
export const assertionForm = (assertion: string, more: Readonly<Record<string, string>> = {}): URLSearchParams =>
  new URLSearchParams({ client_assertion_type: JWT_BEARER, client_assertion: assertion, ...more })

/** The credential of an integration that has this key. */
export function aKeyCredential(id: string, { jwk }: Pick<TestKey, 'jwk'> = aClientKey(), maxLifetimeSeconds = 300) {
  const given = readClientKey(jwk)
  if (!given.ok) throw new Error(given.refusal)
  return { kind: 'key', id, ...given.value, maxLifetimeSeconds, endsAt: undefined } as const
}

/** Registers the key at the integration, straight in the store. Resolves to the id of the credential. */
export async function register(
  { integrations }: Pick<TestServer, 'integrations'>,
  clientId: string,
  key: Pick<TestKey, 'jwk'>,
  maxLifetimeSeconds = 300,
): Promise<string> {
  const id = `key_${randomUUID()}`
  const credential = aKeyCredential(id, key, maxLifetimeSeconds)
  const added = await integrations.change(clientId, ...changing({ kind: 'add_key', key: credential }))
  if (!added.ok) throw new Error(added.refusal.reason)
  return id
}
