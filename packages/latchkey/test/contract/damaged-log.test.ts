// Damaged write-ahead logs: a starting server never loses acknowledged changes silently, and a log that a crash left
// never prevents a start.
import { existsSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { PREDICT } from '../../src/domain/reference-catalog.ts'
import { afterRestore } from '../../src/storage/transfer/after-restore.ts'
import { copyStore } from '../../src/storage/transfer/copy-store.ts'
import { lockEmbeddedStore } from '../../src/storage/embedded-store.ts'
import { HEADER_BYTES } from '../../src/storage/sqlite/log-file.ts'
import { condemnLog, markedBytes } from '../../src/storage/sqlite/log-mark.ts'
import { walkLog } from '../../src/storage/sqlite/walk-log.ts'
import { WorkerDisk } from '../../src/storage/sqlite/worker-disk.ts'
import { aFolder } from '../a-folder.ts'
import {
  aKilledStore,
  bitOf,
  flipped,
  FRAME_BYTES,
  framesOf,
  type KilledStore,
  liveAfterStart,
  liveInFile,
  overwritten,
} from '../a-killed-store.ts'
import { attempt, openStore } from '../a-store.ts'
import { issueFrom } from '../issue-from.ts'

const TOKENS = 12
const SECTOR = 512

let killed: KilledStore
/** A store whose log was checkpointed, and whose log SQLite then overwrote from the beginning. */
let restarted: KilledStore
beforeAll(async () => {
  killed = await aKilledStore(TOKENS)
  restarted = await aKilledStore(20, { before: 300 })
})

const newest = (): number | undefined => killed.acknowledged.at(-1)?.generation
const folder = (file: string) => ({ kind: 'folder', path: dirname(file) }) as const

describe('a damaged log is refused, and nothing is changed:', () => {
  test('a flipped bit in any frame, also in the last frame', async () => {
    const frames = framesOf(killed.log)
    expect(await liveAfterStart(killed.withLog(killed.log))).toBe(newest())
    for (let frame = 0; frame < frames; frame++) {
      // Each log is damaged at a different position: in the header, in a page or in a checksum.
      const damaged = flipped(killed.log, bitOf(frame, (frame * 331) % FRAME_BYTES) + (frame % 8))
      const file = killed.withLog(damaged)
      expect(walkLog(file), `frame ${String(frame)}`).toMatchObject({ kind: 'damaged', at: bitOf(frame, 0) / 8 })
      if (frame % 5 !== 0 && frame !== frames - 1) continue
      await expect(lockEmbeddedStore(file), `frame ${String(frame)}`).rejects.toMatchObject({ reason: 'log_damaged' })
      expect(readFileSync(`${file}-wal`).equals(damaged)).toBe(true)
    }
  })

  test('a flipped bit in any byte of the header of the log', () => {
    for (let byte = 0; byte < HEADER_BYTES; byte++) {
      const file = killed.withLog(flipped(killed.log, byte * 8 + (byte % 8)))
      expect(walkLog(file), `byte ${String(byte)}`).toMatchObject({ kind: 'damaged', at: 0 })
    }
  })

  test('an erased header', () => {
    const file = killed.withLog(overwritten(killed.log, 0, Buffer.alloc(4096)))
    expect(walkLog(file)).toMatchObject({ kind: 'damaged', at: 0 })
  })

  test('a log next to an empty store file, because SQLite would erase the log', async () => {
    const file = killed.withLog(killed.log)
    truncateSync(file)
    await expect(lockEmbeddedStore(file)).rejects.toMatchObject({ reason: 'log_damaged' })
    expect(statSync(`${file}-wal`).size).toBe(killed.log.length)
  })

  test('the error message names the file, the backup to restore, and the command that repairs without a backup', async () => {
    const file = killed.withLog(flipped(killed.log, bitOf(5, 99)))
    const dir = dirname(file)
    const refused = await lockEmbeddedStore(file).catch((cause: unknown) => (cause as Error).message)
    expect(refused).toContain(`${file}-wal is damaged at byte ${String(bitOf(5, 0) / 8)}`)
    expect(refused).toContain(`latchkey restore FILE --to ${dir} --replace`)
    expect(refused).toContain(`latchkey after-restore --on ${dir} --drop-damaged-log`)
  })

  test('the commands copy and after-restore refuse the data folder too', async () => {
    const file = killed.withLog(flipped(killed.log, bitOf(5, 99)))
    const to = { kind: 'folder', path: join(aFolder(), 'new') } as const
    await expect(copyStore(folder(file), to, () => undefined)).rejects.toThrow('is damaged at byte')
    await expect(afterRestore(folder(file))).rejects.toThrow('is damaged at byte')
    expect(existsSync(to.path)).toBe(false)
    expect(statSync(`${file}-wal`).size).toBe(killed.log.length)
  })
})

describe('a log that is shorter than the server left it is refused, and nothing is changed:', () => {
  test('a log that is cut off after any acknowledged token, or in the middle of a frame', () => {
    expect(walkLog(killed.withMarkedLog(killed.log))).toEqual({ kind: 'whole' })
    const ends = killed.acknowledged.slice(0, -1).flatMap(({ logBytes }) => [logBytes, logBytes + 700])
    for (const end of [0, 1, HEADER_BYTES, ...ends, killed.log.length - 1])
      expect(walkLog(killed.withMarkedLog(killed.log.subarray(0, end)))).toMatchObject({ kind: 'damaged', at: end })
  })

  test('a removed log, until after-restore ends every token', async () => {
    const file = killed.withMarkedLog(undefined)
    await expect(lockEmbeddedStore(file)).rejects.toMatchObject({ reason: 'log_damaged' })
    await expect(afterRestore(folder(file))).rejects.toThrow('is damaged at byte 0')
    await afterRestore(folder(file), 'dropped')
    const store = await openStore(file)
    expect((await store.tokens.read('lkone', PREDICT))?.live).toBeUndefined()
    await store.close()
    expect(readdirSync(dirname(file))).toEqual(['latchkey.db'])
  })

  test('a log that SQLite overwrites from its beginning, even if the cut is right after the last transaction', () => {
    expect(walkLog(restarted.withMarkedLog(restarted.log))).toEqual({ kind: 'whole' })
    const cut = restarted.log.subarray(0, restarted.log.length - FRAME_BYTES)
    expect(walkLog(restarted.withMarkedLog(cut))).toMatchObject({ kind: 'damaged' })
  })
})

describe('a log that SQLite itself emptied is not reported as missing:', () => {
  test('after a stop, after an aborted start, and after the server reopened its files because of an error', async () => {
    const file = killed.withMarkedLog(killed.log)
    await (await lockEmbeddedStore(file)).abandon()
    expect(await liveAfterStart(file)).toBe(newest())
    const { disk } = await WorkerDisk.open(file)
    await disk.start()
    await disk.commit([['mark_clean', 0]])
    await disk.recover()
    await disk.commit([['mark_clean', 0]])
    await disk.abandon()
    expect(await liveAfterStart(file)).toBe(newest())
  })

  test('a refused second process does not change the recorded length of the log', async () => {
    const file = killed.withMarkedLog(killed.log)
    const store = await openStore(file)
    await issueFrom(store.tokens, attempt('lkone'))
    const marked = markedBytes(file)
    expect(marked).toBeGreaterThan(0)
    await expect(lockEmbeddedStore(file)).rejects.toMatchObject({ reason: 'locked' })
    expect(markedBytes(file)).toBe(marked)
    await store.close()
  })
})

test('after-restore --drop-damaged-log keeps every change before the damage, and ends every token', async () => {
  const file = killed.withLog(flipped(killed.log, bitOf(framesOf(killed.log) - 5, 0)))
  expect(await afterRestore(folder(file), 'dropped')).toMatchObject({ tokens: 2 })
  const store = await openStore(file)
  expect((await store.tokens.read('lkone', PREDICT))?.live).toBeUndefined()
  const issued = await issueFrom(store.tokens, attempt('lkone'))
  expect(issued.ok && issued.value.token.generation).toBeGreaterThan(newest() ?? 0)
  await store.close()
})

test('if after-restore is killed while it drops a damaged log, no server starts on the store', async () => {
  const file = killed.withLog(killed.log.subarray(0, killed.acknowledged[4]?.logBytes))
  condemnLog(file)
  await expect(lockEmbeddedStore(file)).rejects.toThrow('was interrupted')
  await afterRestore(folder(file), 'dropped')
  expect(await liveAfterStart(file)).toBeUndefined()
})

test('if a start or a restore finds a damaged database file, the error names the commands that help', async () => {
  // If the log contained an intact copy of the damaged page, SQLite would read that copy and not the file.
  const file = killed.withLog(undefined)
  for (const damage of [0, 2048, 6 * 2048]) {
    writeFileSync(file, readFileSync(file).fill(0x5a, damage, damage + 2048))
    const started = openStore(file)
    await expect(started).rejects.toThrow(`mv ${dirname(file)} ${dirname(file)}.damaged`)
    await expect(afterRestore(folder(file))).rejects.toThrow(`"latchkey restore FILE --to ${dirname(file)}"`)
  }
})

describe('a starting server accepts every log that a crash can leave:', () => {
  test('an incomplete transaction, whose number of frames and bytes the server reports', async () => {
    const before = killed.acknowledged.at(-2)
    const start = before?.logBytes ?? 0
    for (const rest of [1, 23, FRAME_BYTES - 1, FRAME_BYTES, FRAME_BYTES + 700]) {
      const file = killed.withLog(killed.log.subarray(0, start + rest))
      const locked = await lockEmbeddedStore(file)
      expect(locked.tornTail).toEqual({ frames: Math.floor(rest / FRAME_BYTES), bytes: rest })
      await locked.abandon()
      expect(liveInFile(file)).toBe(before?.generation)
    }
  })

  test('an empty log, a log of a few bytes, or no log', async () => {
    for (const log of [Buffer.alloc(0), killed.log.subarray(0, 20), undefined]) {
      const locked = await lockEmbeddedStore(killed.withLog(log))
      expect(locked.tornTail).toEqual(log?.length === 20 ? { frames: 0, bytes: 20 } : undefined)
      await locked.abandon()
    }
  })

  test('old frames behind the last transaction, from before SQLite overwrote the log', async () => {
    const last = restarted.acknowledged.at(-1)
    expect(
      restarted.acknowledged.some(({ logBytes }, at) => logBytes === restarted.acknowledged[at + 1]?.logBytes),
    ).toBe(true)
    const file = restarted.withLog(restarted.log)
    expect(walkLog(file)).toEqual({ kind: 'whole' })
    expect(await liveAfterStart(file)).toBe(last?.generation)
  })

  test('any combination of written and unwritten sectors of the last transaction', () => {
    // The last transaction may lengthen the log, or overwrite older frames in the log.
    for (const store of [killed, restarted]) {
      const [before, after] = [store.before, store.log]
      const changed = sectorsThatDiffer(before, after)
      expect(changed.length).toBeGreaterThan(3)
      const generations = store.acknowledged.slice(-2).map(({ generation }) => generation)
      fc.assert(
        fc.property(fc.subarray([...changed]), fc.nat({ max: after.length - before.length }), (written, grown) => {
          const log = Buffer.alloc(before.length + grown)
          before.copy(log)
          for (const at of written) after.copy(log, at, at, at + SECTOR)
          const file = store.withLog(log)
          expect(walkLog(file).kind).not.toBe('damaged')
          expect(generations).toContain(liveInFile(file))
        }),
        { numRuns: 100 },
      )
    }
  })
})

type Damage = readonly [kind: 'flip' | 'sector' | 'cut', at: number]

/** Each position is given as a fraction of the log, so that fast-check can shorten a failing example. */
const damageOf = (...kinds: readonly Damage[0][]): fc.Arbitrary<Damage> =>
  fc.tuple(fc.constantFrom(...kinds), fc.double({ min: 0, max: 1, noNaN: true }))

const damages: fc.Arbitrary<readonly Damage[]> = fc.oneof(
  fc.array(damageOf('flip'), { minLength: 1, maxLength: 2 }),
  fc.tuple(damageOf('flip', 'sector', 'cut')),
  fc.tuple(damageOf('flip'), damageOf('cut')),
)

function damaged(log: Buffer, [kind, at]: Damage): Buffer {
  const byte = Math.min(log.length - 1, Math.floor(at * log.length))
  if (kind === 'cut') return log.subarray(0, byte)
  if (kind === 'flip') return flipped(log, byte * 8 + (byte % 8))
  const start = byte - (byte % SECTOR)
  return overwritten(log, start, Buffer.alloc(Math.min(SECTOR, log.length - start), byte))
}

test('whatever bits, sectors or end of the log are damaged, no starting server loses an acknowledged token that later tokens followed', () => {
  fc.assert(
    fc.property(damages, (all) => {
      const log = all.reduce(damaged, killed.log)
      const file = killed.withLog(log)
      const finding = walkLog(file)
      if (finding.kind === 'damaged') return
      const live = liveInFile(file)
      const lost = killed.acknowledged.find(({ generation }) => generation > (live ?? 0))
      expect(log.length, 'bytes up to the end of the first token that is lost').toBeLessThanOrEqual(
        lost?.logBytes ?? Infinity,
      )
      const kept = killed.acknowledged.find(({ generation }) => generation === live)
      if (kept !== undefined && log.length > kept.logBytes) expect(finding.kind).toBe('torn')
    }),
    { numRuns: 500 },
  )
})

test('a lost sector between two frames does not count as a flipped bit', () => {
  const { before, log } = restarted
  const lost = Buffer.from(log)
  const first = sectorsThatDiffer(before, log)[0] ?? 0
  const frame = Math.ceil((first - HEADER_BYTES) / FRAME_BYTES)
  const end = bitOf(frame + 1, 0) / 8
  const sector = end - (end % SECTOR)
  before.copy(lost, sector, sector, sector + SECTOR)
  log.copy(lost, sector, sector, end - 8)
  // For SQLite's checksum, adding 1 to both of the last two words has the same effect as flipping the lowest bit of the
  // word before these two.
  const change = (log.readInt32LE(end - 12) & 1) === 0 ? -1 : 1
  for (const word of [end - 8, end - 4]) lost.writeInt32LE((log.readInt32LE(word) + change) | 0, word)
  expect(walkLog(restarted.withLog(lost)).kind).toBe('torn')
})

function sectorsThatDiffer(before: Buffer, after: Buffer): readonly number[] {
  const all = Array.from({ length: Math.ceil(after.length / SECTOR) }, (_, sector) => sector * SECTOR)
  return all.filter((at) => !before.subarray(at, at + SECTOR).equals(after.subarray(at, at + SECTOR)))
}
