// The files of an embedded store after a kill. No checkpoint has emptied the write-ahead log.
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { PREDICT } from '../src/domain/reference-catalog.ts'
import { frameBytes, HEADER_BYTES } from '../src/storage/sqlite/log-file.ts'
import { addSlotFunctions } from '../src/storage/sqlite/slot-functions.ts'
import { eventually } from '../../../e2e/eventually.ts'
import { aFolder } from './a-folder.ts'
import { attempt, newIntegration, openStore } from './a-store.ts'
import { issueFrom } from './issue-from.ts'

/** The size of a frame in the log of a new store, whose pages have 2,048 bytes. */
export const FRAME_BYTES = frameBytes({ pageBytes: 2048, order: 'little-endian' })

export interface KilledStore {
  readonly log: Buffer
  /** The log before the last token was issued. */
  readonly before: Buffer
  /** For each acknowledged token, in order: the length of the log at that time, and the token's generation. */
  readonly acknowledged: readonly { readonly logBytes: number; readonly generation: number }[]
  /**
   * Writes the store with this log, or without a log, into a folder of the running test. Returns the path of the store
   * file.
   */
  withLog(log: Buffer | undefined): string
  /**
   * Writes the store with this log, and also the file that records the length of the log. This file survives a kill,
   * but a power cut may lose it.
   */
  withMarkedLog(log: Buffer | undefined): string
}

/** The clients: so many that the slots of the first and the last client are on different pages. */
const INTEGRATIONS = ['lkone', ...Array.from({ length: 20 }, (_, index) => `lkother${String(index)}`), 'lklast']

/**
 * Issues tokens to one integration, each acknowledged before the next request. Each transaction also contains a token
 * of another integration, so that the transaction changes several pages. Before that, issues `before` tokens and
 * checkpoints the log. The result is in memory, so that a suite can share it.
 */
export async function aKilledStore(tokens: number, { before: earlier } = { before: 0 }): Promise<KilledStore> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-killed-'))
  const file = join(folder, 'latchkey.db')
  const first = await openStore(file)
  await first.integrations.create(
    INTEGRATIONS.map((clientId) => newIntegration(clientId)),
    [],
  )
  await first.close()
  // After the close, the integration is in the store file, so the log contains only the tokens.
  const store = await openStore(file)
  const acknowledged = []
  let [log, before] = [Buffer.alloc(0), Buffer.alloc(0)]
  const { mtimeMs } = statSync(file)
  for (let issued = 0; issued < earlier; issued++) {
    await Promise.all([issueFrom(store.tokens, attempt('lkone')), issueFrom(store.tokens, attempt('lklast'))])
  }
  const isCheckpointed = (): boolean => earlier === 0 || statSync(file).mtimeMs > mtimeMs
  await eventually(isCheckpointed, { within: 10_000, what: 'the log is checkpointed' })
  for (let issued = 0; issued < tokens; issued++) {
    const [outcome] = await Promise.all([
      issueFrom(store.tokens, attempt('lkone')),
      issueFrom(store.tokens, attempt('lklast')),
    ])
    if (!outcome.ok) throw new Error(outcome.refusal.reason)
    ;[before, log] = [log, readFileSync(`${file}-wal`)]
    acknowledged.push({ logBytes: log.length, generation: outcome.value.token.generation })
  }
  const database = readFileSync(file)
  const mark = readFileSync(`${file}-wal-length`)
  await store.close()
  rmSync(folder, { recursive: true })
  const withLog = (written: Buffer | undefined): string => {
    const copy = join(aFolder(), 'latchkey.db')
    writeFileSync(copy, database, { mode: 0o600 })
    if (written !== undefined) writeFileSync(`${copy}-wal`, written, { mode: 0o600 })
    return copy
  }
  const withMarkedLog = (written: Buffer | undefined): string => {
    const copy = withLog(written)
    writeFileSync(`${copy}-wal-length`, mark, { mode: 0o600 })
    return copy
  }
  return { log, before, acknowledged, withLog, withMarkedLog }
}

/** Starts the store on this file, and returns the generation of the live token. */
export async function liveAfterStart(file: string): Promise<number | undefined> {
  const store = await openStore(file)
  const slot = await store.tokens.read('lkone', PREDICT)
  await store.close()
  return slot?.live?.generation
}

/**
 * Returns the generation of the live token that SQLite itself reads from the file. SQLite drops frames with a wrong
 * checksum.
 */
export function liveInFile(file: string): number | undefined {
  const database = new DatabaseSync(file)
  try {
    database.exec('PRAGMA synchronous = OFF')
    addSlotFunctions(database)
    const query = `SELECT live_generation(state) AS live FROM slot WHERE client_id = 'lkone' AND scope = ?`
    const row = database.prepare(query).get(PREDICT)
    return typeof row?.['live'] === 'number' ? row['live'] : undefined
  } finally {
    database.close()
  }
}

/** Returns the index of the first bit of a byte in a frame, counted from the start of the file. */
export const bitOf = (frame: number, byte: number): number => (HEADER_BYTES + frame * FRAME_BYTES + byte) * 8

export const framesOf = (log: Buffer): number => Math.floor((log.length - HEADER_BYTES) / FRAME_BYTES)

export function flipped(log: Buffer, bit: number): Buffer {
  const copy = Buffer.from(log)
  copy.writeUInt8(copy.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3)
  return copy
}

/** Replaces the bytes from the offset `at` on. */
export function overwritten(log: Buffer, at: number, bytes: Uint8Array): Buffer {
  const copy = Buffer.from(log)
  copy.set(bytes, at)
  return copy
}
