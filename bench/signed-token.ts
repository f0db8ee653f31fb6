// Checks that a server issues a JWT that its published keys verify, so that no compared server is measured while it
// does less.
import { createRemoteJWKSet, jwtVerify } from 'jose'
import type { LastAnswer } from './load/job.ts'
import type { RunningServer } from './servers/running-server.ts'
import { tokenOf } from './token-answer.ts'

/** Throws unless the token is an access token of this algorithm, scope and lifetime. */
export async function checkSignedToken(
  { name, jwksUrl }: RunningServer,
  wanted: { readonly alg: string; readonly scope: string; readonly lifetimeSeconds: number },
  last: readonly LastAnswer[],
): Promise<void> {
  const [answer] = last
  if (answer === undefined) throw new Error(`${name} sent no token`)
  const { payload } = await jwtVerify(tokenOf(answer.body), createRemoteJWKSet(new URL(jwksUrl)), {
    algorithms: [wanted.alg],
    typ: 'at+jwt',
  })
  const lifetime = (payload.exp ?? 0) - (payload.iat ?? 0)
  if (payload['scope'] !== wanted.scope || lifetime !== wanted.lifetimeSeconds) {
    throw new Error(`${name} sent a token of another scope or lifetime than was asked for`)
  }
}
