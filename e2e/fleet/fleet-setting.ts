// A server with a short token lifetime, an integration, and the assignment for a fleet of processes that use the
// integration.
import { join } from 'node:path'
import { createIntegration, PREDICT, readAdminKey } from '../integrations.ts'
import type { RealServer } from '../real-server.ts'
import { aTemporaryFolder, startRealServer } from '../real-server.ts'
import type { Assignment } from './assignment.ts'

export interface FleetSetting {
  readonly server: RealServer
  readonly assignment: Assignment
}

export async function aFleetSetting(desired: {
  readonly lifetimeSeconds: number
  readonly forMs: number
  readonly callEveryMs: number
}): Promise<FleetSetting> {
  const server = await startRealServer({
    env: {
      LATCHKEY_TOKEN_LIFETIME: String(desired.lifetimeSeconds),
      LATCHKEY_SIGNING_ALG: 'ES256',
      LATCHKEY_DEMO: 'off',
      LATCHKEY_LOG_LEVEL: 'warn',
    },
  })
  const { clientId, clientSecret } = await createIntegration(server)
  const { forMs, callEveryMs } = desired
  return {
    server,
    assignment: {
      client: { kind: 'file', folder: join(aTemporaryFolder(), 'tokens') },
      tokenUrl: `${server.issuer}/v1/token`,
      apiUrl: `${server.issuer}/v1/verify?scope=${PREDICT}`,
      clientId,
      clientSecret: clientSecret.reveal(),
      scope: PREDICT,
      forMs,
      callEveryMs,
    },
  }
}

/** The number of issued tokens according to the server's metrics. */
export async function issuedBy(server: RealServer): Promise<number> {
  const headers = { authorization: `Bearer ${readAdminKey(server).reveal()}` }
  const metrics = await (await fetch(`${server.adminUrl}/metrics`, { headers })).text()
  const [, count] = /^latchkey_tokens_issued_total\{result="issued"\} (\d+)$/m.exec(metrics) ?? []
  return Number(count)
}
