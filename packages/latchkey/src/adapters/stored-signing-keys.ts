// Implements the port for signing keys. All records are one snapshot in memory, which each change replaces as a whole.
import { accept } from '@latchkey/protocol'
import { endTokensOf } from '../domain/key-revocation.ts'
import { changeKeySet, type KeyStep } from '../domain/signing-key-set.ts'
import type { EpochSeconds } from '../domain/slot.ts'
import type { Clock } from '../ports/clock.ts'
import type { SigningKeys } from '../ports/signing-keys.ts'
import type { CommitQueue } from '../commit/commit-queue.ts'
import { configure } from '../commit/configuration.ts'
import type { SigningKeySnapshot } from '../state/signing-key-snapshot.ts'
import type { StagedBatch } from '../commit/staged-batch.ts'

export function storedSigningKeys(queue: CommitQueue, keys: SigningKeySnapshot, clock: Clock): SigningKeys {
  return {
    all: () => Promise.resolve(keys.records),
    change: (change, audit) =>
      configure(queue, (batch) => {
        const now = clock.now()
        const lastTokenEndsAt = (): EpochSeconds => lastEnd(batch)
        const changed = changeKeySet(keys.of(batch), change, { now, lastTokenEndsAt })
        if (!changed.ok) return changed
        const { keys: records, steps } = changed.value
        if (steps.length > 0) keys.put(batch, records)
        const endedTokens = steps.reduce((ended, step) => ended + endTokens(queue, batch, step, now), 0)
        for (const step of steps) batch.record(audit(step))
        return accept({ keys: records, steps, endedTokens })
      }),
    onChange: (listener) => {
      keys.onChange(listener)
    },
  }
}

function endTokens(queue: CommitQueue, batch: StagedBatch, { event, after }: KeyStep, now: EpochSeconds): number {
  if (event !== 'revoked' || after === undefined) return 0
  const ended = [...batch.states()].flatMap(([clientId, { slots }]) =>
    slots.flatMap((slot) => {
      const emptied = endTokensOf(after, slot, now, (of) => queue.generations.next(of))
      return emptied === undefined ? [] : [{ clientId, emptied }]
    }),
  )
  for (const { clientId, emptied } of ended) batch.putSlot(clientId, emptied)
  return ended.length
}

function lastEnd(batch: StagedBatch): EpochSeconds {
  let last = 0
  for (const [, { slots }] of batch.states()) {
    for (const { live, predecessor } of slots) {
      last = Math.max(last, live?.expiresAt ?? 0, predecessor?.token.expiresAt ?? 0)
    }
  }
  return last
}
