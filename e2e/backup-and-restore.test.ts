// Backup and restore with real processes: under load, killed at any moment, on full disks, and by curl.
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addSlotFunctions } from '../packages/latchkey/src/storage/sqlite/slot-functions.ts'
import { has } from '../scripts/programs.mjs'
import { Connection } from './connection.ts'
import { eventually } from './eventually.ts'
import { freePort } from './free-port.ts'
import { createIntegration, type Integration, PREDICT, readAdminKey } from './integrations.ts'
import { aTemporaryFolder, type RealServer, startRealServer, startServerOfSuite } from './real-server.ts'
import { startCli } from './run-cli.ts'
import { aSmallDisk } from './small-disk.ts'

/** The number of kills for each test. A restore takes about a second, and most of that time passes before it writes. */
const KILLS = 6

async function run(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const cli = startCli(args, env)
  const { code } = await cli.exited
  return { code, said: cli.stdout() + cli.stderr() }
}

async function tokenOf(server: RealServer, integration: Integration): Promise<string> {
  const connection = new Connection(server)
  const answer = await connection.requestToken(integration, PREDICT)
  if (answer.status !== 200) throw new Error(`no token: ${String(answer.status)} ${answer.body}`)
  return (JSON.parse(answer.body) as { access_token: string }).access_token
}

const verdict = async (server: RealServer, token: string): Promise<number> => {
  const answer = await fetch(`${server.issuer}/v1/verify`, { headers: { authorization: `Bearer ${token}` } })
  await answer.arrayBuffer()
  return answer.status
}

/**
 * The material of the tests: the folder of a stopped server, a backup of it, a token that was live in the backup, and a
 * token that was issued after the backup.
 */
async function makeBackedUp() {
  const dataDir = join(mkdtempSync(join(tmpdir(), 'latchkey-e2e-')), 'data')
  const env = { LATCHKEY_PORT: String(await freePort()), LATCHKEY_SIGNING_ALG: 'ES256', LATCHKEY_DEMO: 'off' }
  mkdirSync(dataDir, { mode: 0o700 })
  const server = await startServerOfSuite({ dataDir, env })
  const integration = await createIntegration(server)
  for (let n = 0; n < 40; n++) await createIntegration(server, { name: `Number ${String(n)}` })
  const inIt = await tokenOf(server, integration)
  const file = join(dataDir, '..', 'one.backup')
  const authorization = `Bearer ${readAdminKey(server).reveal()}`
  const answer = await fetch(`${server.adminUrl}/admin/v1/backup`, { headers: { authorization } })
  writeFileSync(file, Buffer.from(await answer.arrayBuffer()))
  const since = await tokenOf(server, integration)
  await server.stop()
  return { dataDir, env, file, integration, inIt, since }
}

let made: Awaited<ReturnType<typeof makeBackedUp>>
beforeAll(async () => {
  made = await makeBackedUp()
})
afterAll(() => {
  rmSync(join(made.dataDir, '..'), { recursive: true, force: true })
})

/** Copies the folder for the running test. */
function backedUp() {
  const dataDir = join(aTemporaryFolder(), 'data')
  cpSync(made.dataDir, dataDir, { recursive: true })
  return { ...made, dataDir }
}

test('a restored store accepts no earlier token, and gives the reason in log and audit trail', async () => {
  const { dataDir, env, file, integration, inIt, since } = backedUp()
  const refused = await run(['restore', file, '--to', dataDir])
  expect(refused.code).toBe(3)
  const { code, said } = await run(['restore', file, '--to', dataDir, '--replace', '--yes'])
  expect(said).toContain('The master key matches')
  expect(code).toBe(0)
  const server = await startRealServer({ dataDir, env })
  expect(await verdict(server, inIt)).toBe(401)
  expect(await verdict(server, since)).toBe(401)
  expect(await verdict(server, await tokenOf(server, integration))).toBe(200)
  const lines = server
    .stderr()
    .split('\n')
    .filter((line) => line.includes('store.tokens_ended'))
  expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
    { level: 'warn', reason: 'restored', live_tokens: 1 },
  ])
  const listed = await run(['audit', 'list', '--json'], { LATCHKEY_DATA_DIR: dataDir })
  expect(listed.said).toContain('"event": "store.tokens_ended"')
  expect(await run(['audit', 'verify'], { LATCHKEY_DATA_DIR: dataDir })).toMatchObject({ code: 0 })
})

/** Returns what the folder holds after a killed restore. */
function found(dataDir: string): 'nothing' | 'restored' | 'the store of before' | 'revived' {
  const file = join(dataDir, 'latchkey.db')
  if (!existsSync(file) || statSync(file).size === 0) return 'nothing'
  const database = new DatabaseSync(file)
  try {
    const hasStore = database.prepare(`SELECT 1 FROM sqlite_schema WHERE name = 'store'`).get() !== undefined
    const store = hasStore ? database.prepare('SELECT canary, floor FROM store').get() : undefined
    if (store === undefined || store['canary'] === null) return 'nothing'
    if (database.prepare(`SELECT 1 FROM api WHERE name = 'before'`).get() !== undefined) return 'the store of before'
    addSlotFunctions(database)
    const live = database.prepare('SELECT count(*) AS n FROM slot, store WHERE live_generation(state) > floor').get()
    return live?.['n'] === 0 && Number(store['floor']) > 0 ? 'restored' : 'revived'
  } finally {
    database.close()
  }
}

describe('a restore that is killed at any moment', () => {
  test('leaves no store or a store without earlier tokens, and the same command completes it', async () => {
    const { file } = backedUp()
    const begun = performance.now()
    const first = join(aTemporaryFolder(), 'data')
    expect(await run(['restore', file, '--to', first])).toMatchObject({ code: 0 })
    const whole = performance.now() - begun
    const seen = new Set<string>()
    for (let kill = 0; kill <= KILLS; kill++) {
      const dataDir = join(aTemporaryFolder(), 'data')
      const cli = startCli(['restore', file, '--to', dataDir], {})
      // The first kill waits until the restore begins to write, which may take long on a busy machine.
      if (kill === 0) await eventually(() => existsSync(dataDir), { within: 60_000, what: 'it begins to write' })
      else await pause(whole * (0.4 + (0.6 * kill) / KILLS))
      cli.child.kill('SIGKILL')
      await cli.exited
      const left = found(dataDir)
      seen.add(left)
      expect(['nothing', 'restored']).toContain(left)
      if (left === 'nothing') expect(await run(['restore', file, '--to', dataDir])).toMatchObject({ code: 0 })
      expect(readdirSync(dataDir).filter((name) => !name.startsWith('latchkey.db'))).toEqual([])
      expect(found(dataDir)).toBe('restored')
    }
    expect(seen).toContain('nothing')
  })

  test('leaves the old store or the complete new store', async () => {
    const { dataDir, file } = backedUp()
    const begun = performance.now()
    expect(await run(['restore', file, '--to', dataDir, '--replace', '--yes'])).toMatchObject({ code: 0 })
    const whole = performance.now() - begun
    for (let kill = 1; kill <= KILLS; kill++) {
      const database = new DatabaseSync(join(dataDir, 'latchkey.db'))
      database.exec(`INSERT OR IGNORE INTO api VALUES ('api_before', 'before', '${PREDICT}', '', '', 1)`)
      database.close()
      const cli = startCli(['restore', file, '--to', dataDir, '--replace', '--yes'], {})
      await pause(whole * (0.4 + (0.6 * kill) / KILLS))
      cli.child.kill('SIGKILL')
      await cli.exited
      expect(['the store of before', 'restored']).toContain(found(dataDir))
    }
  })
})

/** Starts a backup that does not end: its server is stopped with SIGSTOP and does not answer. */
async function aBackupUnderWay() {
  const { dataDir, env } = backedUp()
  const server = await startRealServer({ dataDir, env })
  const folder = aTemporaryFolder()
  server.kill('SIGSTOP')
  const cli = startCli(['backup', join(folder, 'x')], { LATCHKEY_DATA_DIR: dataDir })
  await eventually(() => readdirSync(folder).length > 0, { within: 60_000, what: 'the file has been begun' })
  return { dataDir, env, server, folder, cli }
}

describe('a backup', () => {
  test('that is interrupted leaves nothing', async () => {
    const { server, folder, cli } = await aBackupUnderWay()
    cli.child.kill('SIGINT')
    expect(await cli.exited).toMatchObject({ code: 130 })
    expect(cli.stderr()).toContain('interrupted')
    server.kill('SIGCONT')
    expect(readdirSync(folder)).toEqual([])
  })

  test('whose server is killed leaves no file in the target folder and none in the data folder', async () => {
    const { dataDir, env, server, folder, cli } = await aBackupUnderWay()
    server.kill('SIGKILL')
    const { code } = await cli.exited
    expect(code).not.toBe(0)
    expect(readdirSync(folder)).toEqual([])
    const again = await startRealServer({ dataDir, env })
    expect(readdirSync(dataDir).filter((name) => name.includes('backup'))).toEqual([])
    await again.stop()
  })

  test.skipIf(!has('curl'))('fetched by curl can be restored too', async () => {
    const { dataDir, env, integration } = backedUp()
    const server = await startRealServer({ dataDir, env })
    const folder = aTemporaryFolder()
    const header = `Authorization: Bearer ${readAdminKey(server).reveal()}`
    const fetched = spawnSync('curl', ['-fsSOJ', '-H', header, `${server.adminUrl}/admin/v1/backup`], { cwd: folder })
    expect(fetched.status).toBe(0)
    await server.stop()
    const [name = ''] = readdirSync(folder)
    expect(name).toMatch(/^latchkey-\d{8}T\d{6}Z\.backup$/)
    const there = join(folder, 'data')
    expect(await run(['restore', join(folder, name), '--to', there])).toMatchObject({ code: 0 })
    cpSync(join(dataDir, 'master.key'), join(there, 'master.key'))
    const restored = await startRealServer({ dataDir: there, env })
    expect(await verdict(restored, await tokenOf(restored, integration))).toBe(200)
  })
})

describe.skipIf(!has('mount-tmpfs'))('a full disk', () => {
  test('under the data folder of the server makes a backup fail, tokens are still issued, and no file is left', async () => {
    const disk = aSmallDisk(8 * 1024)
    const env = { LATCHKEY_PORT: String(await freePort()), LATCHKEY_SIGNING_ALG: 'ES256', LATCHKEY_DEMO: 'off' }
    const server = await startRealServer({ dataDir: disk.dataDir, env })
    const integration = await createIntegration(server)
    const folder = aTemporaryFolder()
    const { code, said } = await run(['backup', join(folder, 'x')], { LATCHKEY_DATA_DIR: disk.dataDir })
    expect(code).toBe(1)
    expect(said).toMatch(/too little space for a backup. A backup needs \d+ MiB, and \d+ MiB are free/s)
    expect(await verdict(server, await tokenOf(server, integration))).toBe(200)
    expect(readdirSync(folder)).toEqual([])
    expect(readdirSync(disk.dataDir).filter((name) => name.includes('backup'))).toEqual([])
  })

  test('under the backup file makes the backup fail, and no file is left', async () => {
    const { dataDir, env } = backedUp()
    await startRealServer({ dataDir, env })
    const disk = aSmallDisk(1024)
    disk.fill()
    disk.free(16)
    const { code, said } = await run(['backup', join(disk.dataDir, 'x')], { LATCHKEY_DATA_DIR: dataDir })
    expect(code).toBe(1)
    expect(said).toContain('No backup was made: the disk is full. No file was left behind')
    expect(readdirSync(disk.dataDir)).toEqual([])
  })

  test('under the new store makes the restore fail, and no file is left', async () => {
    const { file } = backedUp()
    const disk = aSmallDisk(1024)
    disk.fill()
    disk.free(200)
    const { code, said } = await run(['restore', file, '--to', join(disk.dataDir, 'data')])
    expect(code).toBe(1)
    expect(said).toContain('The disk is full, and nothing was restored')
    expect(readdirSync(disk.dataDir)).toEqual([])
  })
})
