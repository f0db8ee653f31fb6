// The write-ahead log of a killed server is damaged before the next start: no superseded token is accepted again.
import { cpSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Connection } from './connection.ts'
import { freePort } from './free-port.ts'
import { createIntegration } from './integrations.ts'
import { aTemporaryFolder, startRealServer, startServe } from './real-server.ts'
import { startCli } from './run-cli.ts'

const DAMAGED = 10
const TOKENS = 12

/** The folder of a killed server, with the tokens that the server acknowledged, in their order. */
async function killed() {
  const dataDir = aTemporaryFolder()
  const env = { LATCHKEY_PORT: String(await freePort()), LATCHKEY_SIGNING_ALG: 'ES256', LATCHKEY_DEMO: 'off' }
  const server = await startRealServer({ dataDir, env })
  const integration = await createIntegration(server)
  const connection = new Connection(server)
  const tokens: string[] = []
  for (let n = 0; n < TOKENS; n++) tokens.push(await connection.token(integration))
  connection.close()
  server.kill('SIGKILL')
  await server.exited
  const log = readFileSync(join(dataDir, 'latchkey.db-wal'))
  const copied = (): string => {
    const copy = join(aTemporaryFolder(), 'data')
    cpSync(dataDir, copy, { recursive: true })
    return copy
  }
  return { dataDir, env, integration, tokens, log, copied }
}

test('with a bit flipped anywhere in the log of a killed server, 10 of 10 starts are refused with the remedy', async () => {
  const { dataDir, env, tokens, log, copied } = await killed()
  for (let n = 0; n < DAMAGED; n++) {
    const damaged = copied()
    const at = Math.floor(((n + 0.5) / DAMAGED) * log.length)
    const bytes = Buffer.from(log)
    bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << (n % 8)), at)
    writeFileSync(join(damaged, 'latchkey.db-wal'), bytes)
    const start = startServe({ dataDir: damaged, env })
    expect(await start.exited, `byte ${String(at)}`).toEqual({ code: 1, signal: null })
    expect(start.stderr()).toContain(`latchkey restore FILE --to ${damaged} --replace`)
    expect(readFileSync(join(damaged, 'latchkey.db-wal')).equals(bytes)).toBe(true)
  }
  // A server starts on the original folder, which is not damaged.
  const server = await startRealServer({ dataDir, env })
  const connection = new Connection(server)
  expect(await connection.verify(tokens.at(-1) ?? '')).toMatchObject({ status: 200 })
  expect(await connection.verify(tokens.at(-2) ?? '')).toMatchObject({ headers: { 'latchkey-reason': 'superseded' } })
  connection.close()
})

test('the command after-restore drops a damaged log, and no earlier token is accepted', async () => {
  const { env, integration, tokens, log, copied } = await killed()
  const damaged = copied()
  // The damaged bytes follow the entry of the integration, and precede the entries of the last tokens.
  const at = log.length - 20_000
  writeFileSync(join(damaged, 'latchkey.db-wal'), Buffer.from(log).fill(0x5a, at, at + 4096))
  const refused = startCli(['after-restore', '--on', damaged, '--yes'], {})
  expect((await refused.exited).code).toBe(1)
  expect(refused.stderr()).toContain('is damaged at byte')
  const ended = startCli(['after-restore', '--on', damaged, '--drop-damaged-log', '--yes'], {})
  expect((await ended.exited).code).toBe(0)
  const server = await startRealServer({ dataDir: damaged, env })
  const connection = new Connection(server)
  for (const token of tokens) expect((await connection.verify(token)).status).toBe(401)
  expect(await connection.verify(await connection.token(integration))).toMatchObject({ status: 200 })
  connection.close()
})

test('with the log of a killed server cut off or removed, 6 of 6 starts are refused with the remedy', async () => {
  const { env, log, copied } = await killed()
  for (const end of [log.length - 1, log.length - 2072, log.length - 3 * 2072, 2072 * 4 + 32, 0, undefined]) {
    const cut = copied()
    if (end === undefined) rmSync(join(cut, 'latchkey.db-wal'))
    else truncateSync(join(cut, 'latchkey.db-wal'), end)
    const start = startServe({ dataDir: cut, env })
    expect(await start.exited, `${String(end)} bytes`).toEqual({ code: 1, signal: null })
    expect(start.stderr()).toContain(`latchkey after-restore --on ${cut} --drop-damaged-log`)
  }
})

test('if the log ends within its first frame, the server reports the lost transaction and starts', async () => {
  const { env, tokens, log, copied } = await killed()
  const torn = copied()
  writeFileSync(join(torn, 'latchkey.db-wal'), Buffer.concat([log, Buffer.alloc(700, 0x5a)]))
  const server = await startRealServer({ dataDir: torn, env })
  expect(server.stderr()).toContain('"event":"store.torn_tail_dropped","frames":0,"bytes":700')
  const connection = new Connection(server)
  expect((await connection.verify(tokens.at(-1) ?? '')).status).toBe(200)
  connection.close()
})

test('a server that was ended by two signals does not prevent the next start', async () => {
  const dataDir = aTemporaryFolder()
  const env = { LATCHKEY_PORT: String(await freePort()), LATCHKEY_SIGNING_ALG: 'ES256', LATCHKEY_DEMO: 'off' }
  const server = await startRealServer({ dataDir, env })
  await createIntegration(server)
  // The second signal ends the process at once, whether the stop has begun or not.
  server.kill('SIGTERM')
  server.kill('SIGTERM')
  await server.exited
  await (await startRealServer({ dataDir, env })).stop()
  expect(readdirSync(dataDir)).not.toContain('latchkey.db-wal-length')
})
