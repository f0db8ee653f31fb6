// Keys of integrations of a running server, and tokens that their clients request with them.
import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { createClientAuthentication } from '@latchkey/credentials'
import type { CreatedIntegration, KeyCredential, NewIntegration, NewKey } from 'latchkey/admin-api'
import { adminRequest, PREDICT } from './integrations.ts'
import type { RealServer } from './real-server.ts'

export interface KeyPair {
  readonly privateKey: KeyObject
  /** The public key. */
  readonly jwk: NewKey['jwk']
}

export function aKeyPair(type: 'ed25519' | 'P-256' | 'rsa' = 'ed25519'): KeyPair {
  const { privateKey } =
    type === 'ed25519'
      ? generateKeyPairSync('ed25519')
      : type === 'rsa'
        ? generateKeyPairSync('rsa', { modulusLength: 2048 })
        : generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return { privateKey, jwk: { ...createPublicKey(privateKey).export({ format: 'jwk' }) } }
}

/** Adds a key to an integration. Throws unless the answer is 201. */
export async function addKey(server: RealServer, id: string, jwk: NewKey['jwk']): Promise<KeyCredential> {
  const body: NewKey = { kind: 'key', jwk }
  const response = await adminRequest(server, 'POST', `/${id}/credentials`, JSON.stringify(body))
  if (response.status !== 201) throw new Error(`not added: ${response.status} ${await response.text()}`)
  return (await response.json()) as KeyCredential
}

/** Creates an integration that has a key and no secret. */
export async function createKeyed(
  server: RealServer,
  jwk: NewKey['jwk'],
  name = 'Nightly export',
): Promise<{ readonly id: string; readonly clientId: string }> {
  const body: NewIntegration = { name, scopes: [PREDICT], credentials: [{ kind: 'key', jwk }] }
  const response = await adminRequest(server, 'POST', '', JSON.stringify(body))
  if (response.status !== 201) throw new Error(`not created: ${response.status} ${await response.text()}`)
  const { id, client_id: clientId } = (await response.json()) as CreatedIntegration
  return { id, clientId }
}

export interface KeyRequest {
  readonly clientId: string
  readonly privateKey: KeyObject
  readonly keyId?: string
  readonly scope: string
  readonly userAgent?: string
}

/** Requests a token with an assertion that the key signs. */
export async function requestByKey(
  { issuer }: RealServer,
  { clientId, scope, userAgent = 'node', ...own }: KeyRequest,
): Promise<{ readonly status: number; readonly token: string }> {
  const { form } = await createClientAuthentication(own, { clientId, audience: issuer })()
  const response = await fetch(`${issuer}/v1/token`, {
    method: 'POST',
    headers: { 'user-agent': userAgent },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope, ...form }),
  })
  const { access_token: token = '' } = (await response.json()) as { access_token?: string }
  return { status: response.status, token }
}
