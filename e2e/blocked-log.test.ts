// No process reads the server's log, because the reader of its pipe hangs or has closed it. The server continues, and
// stops cleanly.
import { spawnSync } from 'node:child_process'
import { closeSync, constants, openSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { Connection } from './connection.ts'
import { createIntegration } from './integrations.ts'
import { aTemporaryFolder, startRealServer } from './real-server.ts'

const REFUSALS = 10_000

/** A pipe with a reader that never reads. */
function aStuckPipe(): { readonly path: string; readonly closeReader: () => void } {
  const path = join(aTemporaryFolder(), 'log')
  expect(spawnSync('mkfifo', [path]).status).toBe(0)
  let reader: number | undefined = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  const closeReader = (): void => {
    if (reader !== undefined) closeSync(reader)
    reader = undefined
  }
  onTestFinished(closeReader)
  return { path, closeReader }
}

test.for(['full', 'closed'] as const)(
  'a log pipe that is %s loses log lines, and the server continues to answer',
  async (state) => {
    const pipe = aStuckPipe()
    const server = await startRealServer({
      env: { LATCHKEY_SIGNING_ALG: 'ES256' },
      wrap: ['sh', '-c', 'log=$1; shift; exec "$@" 2>"$log"', 'sh', pipe.path],
    })
    const integration = await createIntegration(server)
    if (state === 'closed') pipe.closeReader()
    // The server logs about 300 bytes for each refused request. All lines together exceed the capacity of a pipe.
    const lanes = Array.from({ length: 16 }, async () => {
      const connection = new Connection(server)
      for (let n = 0; n < REFUSALS / 16; n++) {
        expect(await connection.requestToken(integration, 'machinelearning.unknown')).toMatchObject({ status: 400 })
      }
      connection.close()
    })
    await Promise.all(lanes)
    const connection = new Connection(server)
    expect(await connection.verify(await connection.token(integration))).toMatchObject({ status: 200 })
    connection.close()
    expect(await server.stop()).toEqual({ code: 0, signal: null })
  },
)
