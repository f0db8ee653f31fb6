// Refused starts: the server names the reason and the remedy, and changes no file.
import { chmodSync, existsSync, readdirSync, readFileSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Connection } from './connection.ts'
import { promptly } from './eventually.ts'
import { folderDigest, storeContents } from './folder-digest.ts'
import { freePort } from './free-port.ts'
import { createIntegration, type Integration } from './integrations.ts'
import { aTemporaryFolder, type Exit, startRealServer, startServe } from './real-server.ts'

const ES256 = { LATCHKEY_SIGNING_ALG: 'ES256', LATCHKEY_DEMO: 'off' }
const OTHER_KEY = 'A'.repeat(43)

interface Refused {
  readonly exit: Exit
  readonly said: string
}

async function refusedStart(dataDir: string, env: Readonly<Record<string, string>> = {}): Promise<Refused> {
  const started = startServe({ dataDir, env: { ...ES256, ...env } })
  const exit = await promptly(started.exited, { within: 60_000, what: 'a start that is refused ends' })
  return { exit, said: `${started.stdout()}${started.stderr()}` }
}

test('a second server on one data folder names the process of the first server and what to do, and the first server continues', async () => {
  const server = await startRealServer({ env: ES256 })
  const integration = await createIntegration(server)
  const connection = new Connection(server)
  const token = await connection.token(integration)
  const before = readFileSync(join(server.dataDir, 'server.json'), 'utf8')

  const { exit, said } = await refusedStart(server.dataDir)
  expect(exit).toEqual({ code: 1, signal: null })
  expect(said).toContain(`process ${server.pid},`)
  expect(said).toContain('LATCHKEY_DATA_DIR')
  expect(said).toContain('PostgreSQL')
  expect(said).not.toMatch(/\n {4}at /)

  expect(readFileSync(join(server.dataDir, 'server.json'), 'utf8')).toBe(before)
  expect(await connection.verify(token)).toMatchObject({ status: 200 })
  expect(await connection.verify(await connection.token(integration))).toMatchObject({ status: 200 })
  connection.close()
})

test('the files of a killed server do not prevent the next start', async () => {
  const dataDir = aTemporaryFolder()
  const killed = await startRealServer({ dataDir, env: ES256 })
  killed.kill('SIGKILL')
  await killed.exited
  expect(existsSync(join(dataDir, 'server.json'))).toBe(true)
  const server = await startRealServer({ dataDir, env: ES256 })
  await server.stop()
  expect(existsSync(join(dataDir, 'server.json'))).toBe(false)
})

describe('a store whose master key is missing or wrong', () => {
  interface Store {
    readonly dataDir: string
    readonly port: string
    readonly integration: Integration
    readonly token: string
  }

  async function aStoreLeftBy(end: 'SIGTERM' | 'SIGKILL'): Promise<Store> {
    const dataDir = aTemporaryFolder()
    const port = String(await freePort())
    const server = await startRealServer({ dataDir, env: { ...ES256, LATCHKEY_PORT: port } })
    const integration = await createIntegration(server)
    const connection = new Connection(server)
    const token = await connection.token(integration)
    connection.close()
    server.kill(end)
    await server.exited
    return { dataDir, port, integration, token }
  }

  /**
   * Returns the state that a refused start must not change. After a clean stop that state is every byte. After a kill,
   * SQLite may move the rest of its log into the database file when it releases the lock. Then the state is the content
   * of the store, and every byte of the other files.
   */
  function contentsOf(dataDir: string, end: 'SIGTERM' | 'SIGKILL'): unknown {
    const files = Object.entries(folderDigest(dataDir))
    return end === 'SIGTERM'
      ? files
      : [storeContents(dataDir), ...files.filter(([name]) => !name.startsWith('latchkey.db'))]
  }

  const goesOn = async ({ dataDir, port, integration, token }: Store): Promise<void> => {
    const server = await startRealServer({ dataDir, env: { ...ES256, LATCHKEY_PORT: port } })
    const connection = new Connection(server)
    expect(await connection.verify(token)).toMatchObject({ status: 200 })
    expect(await connection.requestToken(integration)).toMatchObject({ status: 200 })
    connection.close()
  }

  test.for(['SIGTERM', 'SIGKILL'] as const)(
    'is refused with a wrong key and not changed, if it was left by %s',
    async (end) => {
      const store = await aStoreLeftBy(end)
      const before = contentsOf(store.dataDir, end)
      const { exit, said } = await refusedStart(store.dataDir, { LATCHKEY_MASTER_KEY: OTHER_KEY })
      expect(exit).toEqual({ code: 1, signal: null })
      expect(said).toMatch(/master key/i)
      expect(said).not.toContain(OTHER_KEY)
      expect(contentsOf(store.dataDir, end)).toEqual(before)
      await goesOn(store)
    },
  )

  test.for(['SIGTERM', 'SIGKILL'] as const)(
    'is refused without its key file, and no new key is made, if it was left by %s',
    async (end) => {
      const store = await aStoreLeftBy(end)
      const keyFile = join(store.dataDir, 'master.key')
      const keptElsewhere = join(aTemporaryFolder(), 'master.key')
      renameSync(keyFile, keptElsewhere)
      const before = contentsOf(store.dataDir, end)
      const { exit, said } = await refusedStart(store.dataDir)
      expect(exit).toEqual({ code: 1, signal: null })
      expect(said).toContain('master.key')
      expect(said).toContain('LATCHKEY_MASTER_KEY')
      expect(contentsOf(store.dataDir, end)).toEqual(before)
      renameSync(keptElsewhere, keyFile)
      await goesOn(store)
    },
  )
})

describe('a data folder that other users can open', () => {
  test('gets a private folder for the master key, and later starts find the key there', async () => {
    const dataDir = aTemporaryFolder()
    chmodSync(dataDir, 0o755)
    const env = { ...ES256, LATCHKEY_PORT: String(await freePort()) }
    const first = await startRealServer({ dataDir, env })
    const integration = await createIntegration(first)
    const connection = new Connection(first)
    const token = await connection.token(integration)
    connection.close()
    await first.stop()
    expect(statSync(join(dataDir, 'private')).mode & 0o777).toBe(0o700)
    expect(statSync(join(dataDir, 'private', 'master.key')).mode & 0o777).toBe(0o600)
    expect(existsSync(join(dataDir, 'master.key'))).toBe(false)
    chmodSync(dataDir, 0o700)
    const again = await startRealServer({ dataDir, env })
    const later = new Connection(again)
    expect(await later.verify(token)).toMatchObject({ status: 200 })
    later.close()
  })

  test('is served with a given master key, and gets no key file', async () => {
    const dataDir = aTemporaryFolder()
    chmodSync(dataDir, 0o755)
    await startRealServer({ dataDir, env: { ...ES256, LATCHKEY_MASTER_KEY: OTHER_KEY } })
    expect(readdirSync(dataDir)).not.toContain('private')
    expect(readdirSync(dataDir)).not.toContain('master.key')
  })

  test('keeps its master key where it already is', async () => {
    const dataDir = aTemporaryFolder()
    const server = await startRealServer({ dataDir, env: ES256 })
    await server.stop()
    chmodSync(dataDir, 0o755)
    await startRealServer({ dataDir, env: ES256 })
    expect(readdirSync(dataDir)).not.toContain('private')
  })

  test('and can write to is refused before a master key is put into it, with the remedy', async () => {
    const dataDir = aTemporaryFolder()
    chmodSync(dataDir, 0o777)
    const { exit, said } = await refusedStart(dataDir)
    expect(exit).toEqual({ code: 1, signal: null })
    expect(said).toContain(`chmod 700 ${dataDir}`)
    expect(readdirSync(dataDir).filter((name) => name.endsWith('.key'))).toEqual([])
    chmodSync(dataDir, 0o700)
    await startRealServer({ dataDir })
  })

  test('holds files that only their owner can open, whatever the umask says', async () => {
    const dataDir = aTemporaryFolder()
    const server = await startRealServer({ dataDir, env: ES256, wrap: ['sh', '-c', 'umask 000; exec "$@"', 'sh'] })
    await createIntegration(server)
    const open = readdirSync(dataDir).filter((name) => (statSync(join(dataDir, name)).mode & 0o077) !== 0)
    expect(open).toEqual([])
  })
})
