// Kills the server at random moments of rotations and revocations of the signing key.
import { expect, test } from 'vitest'
import { between, oneOf, seededChance } from './chance.ts'
import { Connection } from './connection.ts'
import { createIntegration, readAdminKey } from './integrations.ts'
import { aTemporaryFolder, type RealServer, startRealServer } from './real-server.ts'

const ROUNDS = 60
const MINUTE = 60_000
/**
 * The next key signs after two seconds, and the old key is retired after five. So each step falls due within a few
 * rounds.
 */
const QUICK = { LATCHKEY_JWKS_MAX_AGE: '1', LATCHKEY_TOKEN_LIFETIME: '5', LATCHKEY_SIGNING_ALG: 'ES256' }

interface ListedKey {
  readonly kid: string
  readonly status: 'next' | 'signing' | 'retired' | 'revoked'
}

async function ask<Answer>(server: RealServer, method: string, path: string): Promise<Answer | undefined> {
  const headers = { authorization: `Bearer ${readAdminKey(server).reveal()}` }
  try {
    const response = await fetch(`${server.adminUrl}/admin/v1${path}`, { method, headers })
    return (await response.json()) as Answer
  } catch {
    return undefined // the server was killed before it answered
  }
}

const keysOf = async (server: RealServer): Promise<readonly ListedKey[]> =>
  (await ask<{ items: ListedKey[] }>(server, 'GET', '/keys'))?.items ?? []

test(
  `after ${String(ROUNDS)} kills during rotations and revocations one key signs, its tokens are accepted, and the audit trail is intact`,
  async () => {
    const chance = seededChance()
    const dataDir = aTemporaryFolder()
    let server = await startRealServer({ dataDir, env: QUICK })
    const integration = await createIntegration(server)
    for (let round = 0; round < ROUNDS; round++) {
      const signing = (await keysOf(server)).find(({ status }) => status === 'signing')
      const act = oneOf(chance, ['/keys/rotate', '/keys/rotate', `/keys/${signing?.kid ?? ''}/revoke`])
      const acting = ask(server, 'POST', act)
      await new Promise((resolve) => setTimeout(resolve, between(chance, 0, oneOf(chance, [10, 2500]))))
      server.kill('SIGKILL')
      await Promise.all([server.exited, acting])

      server = await startRealServer({ dataDir, env: QUICK })
      const keys = await keysOf(server)
      const count = (wanted: ListedKey['status']) => keys.filter(({ status }) => status === wanted).length
      expect(count('signing')).toBe(1)
      expect(count('next')).toBeLessThanOrEqual(1)
      const connection = new Connection(server)
      expect((await connection.verify(await connection.token(integration))).status).toBe(200)
      connection.close()
    }
    expect(await ask(server, 'GET', '/audit/verify')).toMatchObject({ intact: true })
  },
  10 * MINUTE,
)
