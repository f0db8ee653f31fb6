// Plausible but wrong variants of the code. The checker of histories must find the fault of each.
import { empty } from '../../src/domain/slot.ts'
import type { Slots } from '../../src/ports/slots.ts'
import type { CommitQueue } from '../../src/commit/commit-queue.ts'
import type { CommitStrategy } from '../../src/commit/commit-strategy.ts'
import type { Disk, Write } from '../../src/rows/disk.ts'
import { slotInsert } from '../../src/rows/rows.ts'
import type { ReplayWindows } from '../../src/state/replay-windows.ts'
import { type Build, SOUND, turn } from './simulation.ts'

export const memoryBeforeSync = (sound: CommitStrategy): CommitStrategy => ({
  ...sound,
  commit: (batch, staged) => {
    batch.publish()
    return sound.commit(batch, staged)
  },
})

const answerBeforeCommit = (sound: CommitStrategy, disk: Disk): CommitStrategy => ({
  ...sound,
  commit: (batch) => {
    const writes = batch.durableWrites()
    if (writes.length > 0) void disk.commit(writes).catch(() => undefined)
    batch.publish()
    return Promise.resolve([])
  },
})

/** A variant that deletes the stored row of the slot and then inserts the new row. */
const deleteThenInsert = (sound: CommitStrategy, disk: Disk): CommitStrategy => ({
  ...sound,
  commit: async (batch, staged) => {
    const { slots } = batch.changes
    if (slots.length === 0) return sound.commit(batch, staged)
    const isOfSlot = ([name]: Write): boolean => name === 'supersede' || name === 'update_slot'
    const others = batch.durableWrites().filter((write) => !isOfSlot(write))
    await disk.commit(slots.map(({ clientId }) => ['delete_slots', clientId]))
    await disk.commit([...slots.map(({ clientId, slot }) => slotInsert(clientId, slot, null)), ...others])
    batch.publish()
    return []
  },
})

/**
 * A variant in which a check that arrives during another check gets the result of that check. This is the usual
 * single-flight pattern.
 */
function joiningReads(slots: Slots): Slots {
  let inFlight: ReturnType<Slots['read']> | undefined
  return {
    ...slots,
    read: (clientId, scope) =>
      (inFlight ??= Promise.resolve(slots.read(clientId, scope)).then(async (slot) => {
        for (let i = 0; i < 3; i++) await turn()
        inFlight = undefined
        return slot
      })),
  }
}

/**
 * A variant of revocation that reads the slot, sees that the given token is live, and later ends the live token, even
 * if that is another token by then.
 */
const carelessRevocation = (slots: Slots, queue: CommitQueue): Slots => ({
  ...slots,
  revoke: async (clientId, scope, jti) => {
    const slot = await slots.read(clientId, scope)
    if (slot?.live?.jti !== jti) return false
    return new Promise((resolve, reject) => {
      queue.enqueue({
        rank: 'revoke',
        earlier: 'none',
        stage: (batch) => {
          const current = batch.state(clientId)?.slots.find((candidate) => candidate.scope === scope)
          if (current === undefined) return
          const emptied = empty(current, queue.generations.next(current))
          batch.putSlot(clientId, emptied)
        },
        settle: () => {
          resolve(true)
        },
        fail: reject,
      })
    })
  },
})

/**
 * Makes a variant that commits the replay windows (the records of used assertions) of a batch apart from its other
 * writes.
 */
const apart =
  (commit: (disk: Disk, windows: readonly Write[], others: readonly Write[]) => Promise<void>) =>
  (sound: CommitStrategy, disk: Disk): CommitStrategy => ({
    ...sound,
    commit: async (batch, staged) => {
      if (batch.changes.windows.length === 0) return sound.commit(batch, staged)
      const [windows, others]: [Write[], Write[]] = [[], []]
      for (const write of batch.durableWrites()) (write[0] === 'put_replay_window' ? windows : others).push(write)
      await commit(disk, windows, others)
      batch.publish()
      return []
    },
  })

const windowInMemoryOnly = apart((disk, _windows, others) => disk.commit(others))

const windowAfterAnswer = apart(async (disk, windows, others) => {
  await disk.commit(others)
  void disk.commit(windows).catch(() => undefined)
})

const windowInItsOwnTransaction = apart(async (disk, windows, others) => {
  await disk.commit(windows)
  await disk.commit(others)
})

const withoutWatermark = (windows: ReplayWindows): ReplayWindows => {
  const of = windows.of.bind(windows)
  return Object.assign(windows, { of: (clientId: string) => ({ ...of(clientId), watermark: 0 }) })
}

/** A variant that assumes that no assertions were used except those in the restored backup. */
const trustsBackup = (windows: ReplayWindows): ReplayWindows =>
  Object.defineProperty(windows, 'lostUntil', { value: 0 })

export const BROKEN_WINDOWS: readonly (readonly [title: string, build: Build])[] = [
  ['a window that only memory has', { ...SOUND, strategy: windowInMemoryOnly }],
  ['a window that is written after the answer', { ...SOUND, strategy: windowAfterAnswer }],
  ['a window in a transaction of its own', { ...SOUND, strategy: windowInItsOwnTransaction }],
  ['a window without a watermark', { ...SOUND, windows: withoutWatermark }],
  ['a window that tells assertions apart by their whole text', { ...SOUND, identify: (jti, form) => `${jti} ${form}` }],
  ['a window that trusts the history of a backup', { ...SOUND, windows: trustsBackup }],
]

export const BROKEN_VARIANTS: readonly (readonly [title: string, build: Build])[] = [
  ['memory switched before the sync', { ...SOUND, strategy: memoryBeforeSync }],
  ['an answer before the commit', { ...SOUND, strategy: answerBeforeCommit }],
  ['a row that is deleted and made anew', { ...SOUND, strategy: deleteThenInsert }],
  ['a check that joins a read in flight', { ...SOUND, slots: joiningReads }],
  ['a revocation without comparison', { ...SOUND, slots: carelessRevocation }],
]
