// Idempotency records: the server does not carry out a request with the same key again for a day.
import { accept, refuse, type Result } from '@latchkey/protocol'
import type { EpochSeconds } from '../domain/slot.ts'
import type { ClaimRefusal, IdempotencyClaim } from '../ports/integrations.ts'
import type { Disk, Write } from '../rows/disk.ts'
import { number, text } from '../rows/rows.ts'
import { Cell } from './cell.ts'
import type { StagedBatch } from '../commit/staged-batch.ts'

interface RecordedClaim extends IdempotencyClaim {
  readonly createdAt: EpochSeconds
}

/** By key, the oldest first. */
export type Claims = Cell<ReadonlyMap<string, RecordedClaim>>

const REMEMBERED_SECONDS = 86_400
/** Above this number the oldest records are deleted early. */
const MOST_CLAIMS = 10_000

export const loadClaims = (disk: Disk): Promise<Claims> =>
  Cell.load('claims', async () => {
    const rows = await disk.read('claims')
    return new Map(
      rows.map((row) => [
        text(row, 'key'),
        {
          key: text(row, 'key'),
          request: text(row, 'request'),
          made: text(row, 'made'),
          createdAt: number(row, 'created_at'),
        },
      ]),
    )
  })

/** Refuses a request that was carried out before. Called first, so that a repeated request gets no other refusal. */
export function checkClaim(
  batch: StagedBatch,
  claims: Claims,
  claim: IdempotencyClaim | undefined,
  now: EpochSeconds,
): Result<void, ClaimRefusal> {
  const before = claim === undefined ? undefined : batch.get(claims).get(claim.key)
  if (claim === undefined || before === undefined || now >= before.createdAt + REMEMBERED_SECONDS) {
    return accept(undefined)
  }
  return before.request === claim.request
    ? refuse({ reason: 'already_made', made: before.made })
    : refuse({ reason: 'idempotency_key_reused' })
}

/** Adds the record of a request to the batch that carries the request out. */
export function putClaim(
  batch: StagedBatch,
  claims: Claims,
  claim: IdempotencyClaim | undefined,
  now: EpochSeconds,
): void {
  if (claim === undefined) return
  const known = batch.get(claims)
  const after = new Map(known)
  const writes: Write[] = []
  for (const [key, { createdAt }] of known) {
    if (after.size < MOST_CLAIMS && now < createdAt + REMEMBERED_SECONDS && key !== claim.key) break
    after.delete(key)
    writes.push(['delete_claim', key])
  }
  if (after.delete(claim.key)) writes.push(['delete_claim', claim.key])
  after.set(claim.key, { ...claim, createdAt: now })
  batch.put(claims, after, ...writes, ['insert_claim', claim.key, claim.request, claim.made, now])
}
