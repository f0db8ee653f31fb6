// A client of running servers that has a key of its own, made through the admin API.
import {
  aClientKey,
  anAssertion,
  assertionForm,
  type Json,
  type Sender,
  type TestKey,
} from '../packages/latchkey/test/client-assertions.ts'
import { type Answer, Connection } from './connection.ts'
import { adminRequest, createIntegration, type DesiredIntegration, type Integration, PREDICT } from './integrations.ts'
import type { RealServer } from './real-server.ts'

export interface KeyClient {
  readonly integration: Integration
  readonly keyId: string
  readonly key: TestKey
  /** Signs a new assertion, with these claims instead of its own. */
  sign(claims?: Json): string
}

type Administered = Pick<RealServer, 'adminUrl' | 'dataDir'>

/**
 * Returns the issuer in the tokens of the server. For a server of a fleet this is the fleet's address, although
 * `issuer` is then the server's own address.
 */
export const issuerOf = ({ issuer, publicUrl }: Pick<RealServer, 'issuer' | 'publicUrl'>): string =>
  new URL(new URL(issuer).pathname, publicUrl).href

/** Creates an integration with a secret and a key. */
export async function aKeyClient(
  server: Pick<RealServer, 'adminUrl' | 'dataDir' | 'issuer' | 'publicUrl'>,
  desired: DesiredIntegration = {},
): Promise<KeyClient> {
  const integration = await createIntegration(server, desired)
  const key = aClientKey('ES256')
  const sender: Sender = { clientId: integration.clientId, issuer: issuerOf(server), key }
  const keyId = await addKey(server, integration, { jwk: key.jwk })
  return { integration, keyId, key, sign: (claims) => anAssertion(sender, claims) }
}

/** Adds a key: its public JWK, and other settings of the credential. Resolves to the id of the credential. Throws unless the answer is 201. */
export async function addKey(
  server: Administered,
  { id }: Pick<Integration, 'id'>,
  key: Json & { readonly jwk: Json },
): Promise<string> {
  const body = JSON.stringify({ kind: 'key', ...key })
  const answer = await adminRequest(server, 'POST', `/${id}/credentials`, body)
  if (answer.status !== 201) throw new Error(`no key: ${answer.status} ${await answer.text()}`)
  return ((await answer.json()) as { id: string }).id
}

/** Sends a token request with this assertion. */
export const present = (connection: Connection, assertion: string, scope = PREDICT): Promise<Answer> =>
  connection.send({
    path: '/v1/token',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: assertionForm(assertion, { grant_type: 'client_credentials', scope }).toString(),
  })

/** Sends one token request on a connection of its own, and returns the status. */
export async function presentOnce(
  server: Pick<RealServer, 'issuer'>,
  assertion: string,
  scope = PREDICT,
): Promise<number> {
  const connection = new Connection(server)
  try {
    return (await present(connection, assertion, scope)).status
  } finally {
    connection.close()
  }
}
