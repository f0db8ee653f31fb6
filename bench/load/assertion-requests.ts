// Token requests of clients that authenticate by an assertion.
import { randomUUID } from 'node:crypto'
import {
  aClientKey,
  anAssertion,
  assertionForm,
  signed,
  type TestKey,
} from '../../packages/latchkey/test/client-assertions.ts'
import { type OwnAlgorithm, PLATFORM_URL, readAssertionKeys, subjectOf } from '../assertion-keys.ts'
import type { BenchClient } from '../clients.ts'
import type { AssertionSource } from './job.ts'

/** One hour, the default lifetime of a projected token of Kubernetes. */
const PLATFORM_LIFETIME_SECONDS = 3600

export interface AssertionBody {
  readonly client: BenchClient
  readonly body: string
}

/**
 * Signs the assertions of these clients. Returns one assertion for each client. If the server accepts each assertion
 * only once, returns `count` assertions instead, signed for the clients in turn.
 */
export function assertionBodies(
  source: AssertionSource,
  issuer: string,
  clients: readonly BenchClient[],
): readonly AssertionBody[] {
  const bodyOf = (assertion: string): string =>
    String(assertionForm(assertion, { grant_type: 'client_credentials', scope: source.scope }))
  const keys = readAssertionKeys(source.keysFile)
  if (source.by === 'platform') {
    return clients.map((client) => ({ client, body: bodyOf(platformAssertion(client, issuer, keys.platform)) }))
  }
  const key = source.by === 'client' ? keys.own[source.alg] : strangersKey(source.alg, keys.own[source.alg])
  const count = source.by === 'client' ? source.count : clients.length
  return Array.from({ length: count }, (_, i) => {
    const client = clients[i % clients.length]
    if (client === undefined) throw new RangeError('there are no clients')
    return { client, body: bodyOf(anAssertion({ clientId: client.clientId, issuer, key })) }
  })
}

/** A key that no client has, with the key ID of a key that every client has. */
const strangersKey = (alg: OwnAlgorithm, { kid }: TestKey): TestKey => aClientKey(alg, kid)

function platformAssertion({ clientId }: BenchClient, issuer: string, key: TestKey): string {
  const now = Math.floor(Date.now() / 1000)
  const claims = {
    ...{ iss: PLATFORM_URL, sub: subjectOf(clientId), aud: [issuer], jti: randomUUID() },
    ...{ iat: now, nbf: now, exp: now + PLATFORM_LIFETIME_SECONDS },
    'kubernetes.io': {
      namespace: 'bench',
      node: { name: 'node-1', uid: randomUUID() },
      pod: { name: `${clientId}-7d4b9`, uid: randomUUID() },
      serviceaccount: { name: clientId, uid: randomUUID() },
    },
  }
  return signed({ alg: key.alg, kid: key.kid }, claims, key)
}
