// Makes the fixtures of a release: `node e2e/upgrades/making/make-fixtures.ts CHECKOUT NAME`
//
// CHECKOUT is a clean, built checkout of the release, whose own program makes everything. NAME is the name of the new
// folder in e2e/upgrades/fixtures: the version and the commit. Needs PostgreSQL 15, because later versions can read its
// dumps too. The fixtures of a release are made once and never replaced: each release adds its own folder.
import { execFileSync } from 'node:child_process'
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import { postgresPrograms, startCluster } from '../../../packages/latchkey/test/postgres/cluster.ts'
import { freePort } from '../../free-port.ts'
import { readStoreView } from '../store-view.ts'
import type { Answers, TestTokens, Verdict } from '../fixture-files.ts'
import { verdictOn } from './admin.ts'
import { commandAt, type OldProgram, type OldServer, serveAt } from './old-program.ts'
import { LAST_RUN, type RunningOld, SETTINGS, tellStory, type Report } from './story.ts'

const DUMPED_FROM = 15
/**
 * The time at which the old program reports about its own store. A grace period that began in the story has not ended
 * at that time.
 */
const ASKED_AT = new Date(LAST_RUN.getTime() + 4 * 60_000)

const [checkout = '', name = ''] = process.argv.slice(2)
const target = join(import.meta.dirname, '../fixtures', name)
const workshop = mkdtempSync(join(tmpdir(), 'latchkey-fixtures-'))

interface Store {
  readonly dataDir: string
  /** The settings of the servers that use this store. */
  readonly env: Readonly<Record<string, string>>
}

const programOn = ({ dataDir, env }: Store): OldProgram => ({
  root: checkout,
  env: { ...SETTINGS, LATCHKEY_ADMIN_PORT: '0', LATCHKEY_LOG_FORMAT: 'json', LATCHKEY_DATA_DIR: dataDir, ...env },
})

async function start(store: Store, at: Date): Promise<OldServer & RunningOld> {
  const port = String(await freePort())
  const { root, env } = programOn(store)
  const server = await serveAt({ root, env: { ...env, LATCHKEY_PORT: port } }, at)
  const adminKey = readFileSync(join(store.dataDir, 'admin.key'), 'utf8').trim()
  return { ...server, publicAddress: `http://127.0.0.1:${port}`, adminKey }
}

/** Asks the old program about the store, and writes its answers next to the store. */
async function recordAnswers(store: Store, folder: string, { tokens }: Report): Promise<void> {
  const server = await start(store, ASKED_AT)
  const verdicts: Verdict[] = []
  for (const { token } of tokens) verdicts.push(await verdictOn(server, token))
  const answers: Answers = { store: await readStoreView(server), verdicts }
  await server.stop()
  keep(JSON.stringify(answers), join(folder, 'answers.json'))
}

function recordTestTokens(store: Store, folder: string, reported: Report): void {
  const read = (file: string): string => readFileSync(join(store.dataDir, file), 'utf8').trim()
  const { tokens, clients, operators, adminKeys, idempotent } = reported
  const known: TestTokens = {
    ...{ settings: SETTINGS, at: ASKED_AT.toISOString() },
    masterKey: store.env['LATCHKEY_MASTER_KEY'] ?? read('master.key'),
    adminKey: read('admin.key'),
    ...{ tokens, clients, operators, adminKeys, idempotent },
  }
  writeFileSync(join(folder, 'test-tokens.json'), `${JSON.stringify(known, undefined, 2)}\n`)
}

function folderOf(...names: readonly string[]): string {
  const folder = join(target, ...names)
  mkdirSync(folder, { recursive: true })
  return folder
}

function keep(content: string | Buffer, file: string): void {
  writeFileSync(`${file}.br`, brotliCompressSync(content))
}

async function makeEmbedded(): Promise<void> {
  const store: Store = { dataDir: join(workshop, 'data'), env: {} }
  mkdirSync(store.dataDir, { mode: 0o700 })
  const story = await tellStory((at) => start(store, at))
  const backup = join(workshop, 'latchkey.backup')
  await commandAt(programOn(store), ASKED_AT, ['backup', backup])
  await story.server.kill()

  const killed = folderOf('embedded', 'killed')
  for (const file of ['latchkey.db', 'latchkey.db-wal'])
    keep(readFileSync(join(store.dataDir, file)), join(killed, file))
  const afterKill = { ...store, dataDir: join(workshop, 'killed') }
  cpSync(store.dataDir, afterKill.dataDir, { recursive: true })
  await recordAnswers(afterKill, killed, story)

  // The server is started and stopped once more, without any request in between.
  await (await start(store, ASKED_AT)).stop()
  const stopped = folderOf('embedded', 'stopped')
  keep(readFileSync(join(store.dataDir, 'latchkey.db')), join(stopped, 'latchkey.db'))
  await recordAnswers(store, stopped, story)

  const restored = { ...store, dataDir: join(workshop, 'restored') }
  await commandAt(programOn(restored), ASKED_AT, ['restore', backup, '--to', restored.dataDir])
  for (const key of ['master.key', 'admin.key']) copyFileSync(join(store.dataDir, key), join(restored.dataDir, key))
  const backedUp = folderOf('embedded', 'backup')
  keep(readFileSync(backup), join(backedUp, 'latchkey.backup'))
  await recordAnswers(restored, backedUp, story)
  recordTestTokens(store, folderOf('embedded'), story)
}

async function makeDatabase(): Promise<void> {
  const cluster = await startCluster([], DUMPED_FROM)
  const masterKey = Buffer.alloc(32, 'fixture of a key').toString('base64url')
  const store: Store = {
    dataDir: join(workshop, 'replica'),
    env: { LATCHKEY_DATABASE_URL: cluster.url, LATCHKEY_MASTER_KEY: masterKey },
  }
  mkdirSync(store.dataDir, { mode: 0o700 })
  const story = await tellStory((at) => start(store, at))
  await story.server.stop()
  // A dump with INSERT instead of COPY can be restored by any client of PostgreSQL.
  const dumped = execFileSync(
    join(postgresPrograms(DUMPED_FROM), 'pg_dump'),
    ['--schema=latchkey', '--no-owner', '--no-privileges', '--rows-per-insert=100', cluster.url],
    { encoding: 'utf8' },
  )
  // These lines are understood by psql alone, or depend on the version that made the dump.
  const portable = dumped.replace(/^(\\(un)?restrict .*|-- Dumped .*)\n/gm, '')
  const folder = folderOf('postgresql', 'dump')
  keep(portable, join(folder, 'latchkey.sql'))
  await recordAnswers(store, folder, story)
  recordTestTokens(store, folderOf('postgresql'), story)
  await cluster.remove()
}

try {
  await makeEmbedded()
  await makeDatabase()
} finally {
  rmSync(workshop, { recursive: true, force: true })
}
