// The counts of the overview after the server was killed. A server writes its counts once a minute.
import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { Overview } from 'latchkey/admin-api'
import { Connection } from './connection.ts'
import { freePort } from './free-port.ts'
import { ask, createIntegration } from './integrations.ts'
import { aTemporaryFolder, type RealServer, startRealServer } from './real-server.ts'

/** Longer than a minute, because nothing outside of the server shows the moment of the write. */
const UNTIL_WRITTEN_MS = 66_000
const ISSUED = 5

const overviewOf = async (server: RealServer): Promise<Overview> =>
  (await (await ask(server, 'GET', '/overview')).json()) as Overview

test('a killed server has written its counts of the earlier minutes, and the overview says which minute may lack counts', async () => {
  const dataDir = aTemporaryFolder()
  const env = { LATCHKEY_PORT: String(await freePort()), LATCHKEY_SIGNING_ALG: 'ES256', LATCHKEY_DEMO: 'off' }
  const killed = await startRealServer({ dataDir, env })
  const integration = await createIntegration(killed)
  const connection = new Connection(killed)
  for (let n = 0; n < ISSUED; n += 1) await connection.token(integration)
  const { since } = await overviewOf(killed)
  await pause(UNTIL_WRITTEN_MS)
  const unwritten = await connection.token(integration)
  killed.kill('SIGKILL')
  await killed.exited
  connection.close()

  const server = await startRealServer({ dataDir, env })
  const overview = await overviewOf(server)
  // The store keeps whole minutes.
  expect(overview.since.slice(0, 16)).toBe(since.slice(0, 16))
  expect(overview.last_hour).toMatchObject({ issued: ISSUED, superseded: ISSUED - 1 })
  expect(Date.parse(overview.incomplete_before ?? '')).toBeGreaterThan(Date.parse(since) + UNTIL_WRITTEN_MS)
  // The count is lost, and the token is not.
  const after = new Connection(server)
  expect(await after.verify(unwritten)).toMatchObject({ status: 200 })
  after.close()
})
