// Clients of a running server that authenticate with the identity that their platform gives them.
import { aPlatform, podClaims, podRule } from '../packages/latchkey/test/a-platform.ts'
import type { Json } from '../packages/latchkey/test/client-assertions.ts'
import { ask, type Integration } from './integrations.ts'
import { issuerOf } from './key-client.ts'
import type { RealServer } from './real-server.ts'

export interface TrustedPlatform {
  /** Adds a trust rule for the workload to the integration. Resolves to the id of the rule. */
  trustedBy(integration: Pick<Integration, 'id'>, rule?: Json): Promise<string>
  /** Signs an assertion of the workload, with these claims in place of its own. */
  sign(claims?: Json): string
}

/** Registers a platform, which signs by the clock `now`, as a trusted issuer. */
export async function aTrustedPlatform(
  server: Pick<RealServer, 'adminUrl' | 'dataDir' | 'issuer' | 'publicUrl'>,
  now = (): number => Math.floor(Date.now() / 1000),
): Promise<TrustedPlatform> {
  const platform = aPlatform({ issuer: issuerOf(server) }, { alg: 'ES256' })
  await made(server, '/issuers', platform.registration)
  return {
    trustedBy: ({ id }, rule = {}) =>
      made(server, `/integrations/${id}/credentials`, { ...podRule(platform.name), ...rule }),
    sign: (claims = {}) => platform.sign({ ...podClaims(), iat: now(), nbf: now(), exp: now() + 3600, ...claims }),
  }
}

/** Resolves to the id of the created resource. Throws unless the answer is 201. */
async function made(server: Pick<RealServer, 'adminUrl' | 'dataDir'>, path: string, body: Json): Promise<string> {
  const answer = await ask(server, 'POST', path, JSON.stringify(body))
  if (answer.status !== 201) throw new Error(`${path}: ${String(answer.status)} ${await answer.text()}`)
  return ((await answer.json()) as { id: string }).id
}
