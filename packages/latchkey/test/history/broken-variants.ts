// Tempting variants that break the promise. The checker must find each of them.
import { empty } from '../../src/domain/slot.ts'
import type { Slots } from '../../src/ports/slots.ts'
import { CommitQueue } from '../../src/commit/commit-queue.ts'
import { ALL_DONE, type CommitOutcome } from '../../src/commit/commit-outcome.ts'
import type { Write } from '../../src/rows/disk.ts'
import { slotInsert, slotUpdate } from '../../src/rows/rows.ts'
import type { StagedBatch } from '../../src/commit/staged-batch.ts'
import { type Build, SOUND, turn } from './simulation.ts'

class MemoryBeforeSync extends CommitQueue {
  protected override makeDurable(batch: StagedBatch): Promise<CommitOutcome> {
    batch.publish()
    return super.makeDurable(batch)
  }
}

class AnswerBeforeCommit extends CommitQueue {
  protected override makeDurable(batch: StagedBatch): Promise<CommitOutcome> {
    void super.makeDurable(batch).catch(() => undefined)
    return Promise.resolve(ALL_DONE)
  }
}

/** Removes the row of the slot, and then puts the new one in its place. */
class DeleteThenInsert extends CommitQueue {
  protected override async makeDurable(batch: StagedBatch): Promise<CommitOutcome> {
    const { slots } = batch.changes
    if (slots.length === 0) return super.makeDurable(batch)
    const isOfSlot = ([name]: Write): boolean => name === 'supersede' || name === 'update_slot'
    const others = batch.durableWrites().filter((write) => !isOfSlot(write))
    await this.disk.commit(slots.map(({ clientId }) => ['delete_slots', clientId]))
    await this.disk.commit([...slots.map(({ clientId, slot }) => slotInsert(clientId, slot)), ...others])
    return ALL_DONE
  }
}

/** A check that comes while another one is being answered is given that one's reading: the usual single flight. */
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

/** Reads, sees that it is the live token, and later clears the slot whatever it holds by then. */
const carelessRevocation = (slots: Slots, queue: CommitQueue): Slots => ({
  ...slots,
  revoke: async (clientId, scope, jti) => {
    const slot = await slots.read(clientId, scope)
    if (slot?.live?.jti !== jti) return false
    return new Promise((resolve, reject) => {
      queue.push({
        rank: 'revoke',
        stage: (batch) => {
          const current = batch.state(clientId)?.slots.find((candidate) => candidate.scope === scope)
          if (current === undefined) return
          const emptied = empty(current, queue.generations.next(current))
          batch.putSlot(clientId, emptied, slotUpdate(emptied))
        },
        settle: () => {
          resolve(true)
        },
        overtaken: () => undefined,
        unanswered: () => undefined,
        fail: reject,
      })
    })
  },
})

export const BROKEN_VARIANTS: readonly (readonly [title: string, build: Build])[] = [
  ['memory switched before the sync', { ...SOUND, queue: MemoryBeforeSync }],
  ['an answer before the commit', { ...SOUND, queue: AnswerBeforeCommit }],
  ['a row that is deleted and made anew', { ...SOUND, queue: DeleteThenInsert }],
  ['a check that joins a read in flight', { ...SOUND, slots: joiningReads }],
  ['a revocation without comparison', { ...SOUND, slots: carelessRevocation }],
]
