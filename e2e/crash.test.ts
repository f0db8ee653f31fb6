// The server is killed again and again on one data folder, under load and at rest. It keeps acknowledged changes, and
// ended tokens stay ended.
import { expect, test } from 'vitest'
import { between, seededChance } from './chance.ts'
import { Connection } from './connection.ts'
import { runCrashes } from './crash-rounds.ts'
import { freePort } from './free-port.ts'
import { changeIntegration, createIntegration } from './integrations.ts'
import { aTemporaryFolder, startRealServer, startServe } from './real-server.ts'

test('after 20 kills at random moments under load, no superseded token is accepted again and no acknowledged token is lost', async () => {
  const outcome = await runCrashes(20)
  expect(outcome.violations).toEqual([])
  // Without unanswered requests the kills would have hit no work in progress, and the test would show nothing.
  expect(outcome.unansweredIssues).toBeGreaterThan(10)
  expect(outcome.liveAfterRestart).toBeGreaterThan(40)
})

test('after a kill right after an answer, the answered token, revocation, disabling and new integration are stored', async () => {
  const dataDir = aTemporaryFolder()
  const env = { LATCHKEY_PORT: String(await freePort()), LATCHKEY_SIGNING_ALG: 'ES256', LATCHKEY_DEMO: 'off' }
  const restarted = async (): ReturnType<typeof startRealServer> => {
    server.kill('SIGKILL')
    await server.exited
    return startRealServer({ dataDir, env })
  }
  let server = await startRealServer({ dataDir, env })
  const connection = new Connection(server)

  const integration = await createIntegration(server)
  server = await restarted()
  const first = await connection.token(integration)
  server = await restarted()
  expect(await connection.verify(first)).toMatchObject({ status: 200 })
  const second = await connection.token(integration)
  server = await restarted()
  expect(await connection.verify(first)).toMatchObject({ headers: { 'latchkey-reason': 'superseded' } })
  expect(await connection.verify(second)).toMatchObject({ status: 200 })
  expect(await connection.revoke(integration, second)).toMatchObject({ status: 200 })
  server = await restarted()
  expect(await connection.verify(second)).toMatchObject({ headers: { 'latchkey-reason': 'revoked' } })
  const third = await connection.token(integration)
  expect((await changeIntegration(server, integration, 'disable')).status).toBe(200)
  server = await restarted()
  expect(await connection.verify(third)).toMatchObject({ headers: { 'latchkey-reason': 'integration_disabled' } })
  expect(await connection.requestToken(integration)).toMatchObject({ status: 401 })
  connection.close()
})

test('after kills at random moments of its first start, the server starts the next time', async () => {
  const chance = seededChance()
  const env = { LATCHKEY_SIGNING_ALG: 'ES256' }
  for (let round = 1; round <= 8; round++) {
    const dataDir = aTemporaryFolder()
    const first = startServe({ dataDir, env })
    // The kills are spread over the time in which a first start writes its files, and a little beyond.
    const moment = between(chance, 0, 700)
    const kill = setTimeout(() => first.child.kill('SIGKILL'), moment)
    await first.exited
    clearTimeout(kill)
    const server = await startRealServer({ dataDir, env }).catch((cause: unknown) => {
      throw new Error(`killed ${moment} ms after its first start began, it does not start again`, { cause })
    })
    await createIntegration(server)
    await server.stop()
  }
})
