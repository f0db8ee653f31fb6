// Implements the port for the audit trail: reads pages, checks the whole chain, and removes old events.
import { accept } from '@latchkey/protocol'
import { AUDIT_TRAIL_TARGET, type AuditRecord, SYSTEM } from '../domain/audit-event.ts'
import type { AuditAnchor, AuditMac, AuditQuery, AuditReport, AuditTrail } from '../ports/audit-trail.ts'
import type { AuditFilterValues } from '../rows/commands.ts'
import type { Disk, Row } from '../rows/disk.ts'
import { bytes, isSame, number, text } from '../rows/rows.ts'
import {
  type AuditLog,
  type ChainEnd,
  eventMac,
  genesis,
  hex,
  readEvent,
  sealOf,
  TRAIL_LOST,
} from '../state/audit-log.ts'
import type { CommitQueue } from '../commit/commit-queue.ts'
import { configure } from '../commit/configuration.ts'

const PAGE = 500

export interface StoredAuditTrailPorts {
  readonly queue: CommitQueue
  readonly disk: Disk
  readonly log: AuditLog
  readonly mac: AuditMac
}

export function storedAuditTrail({ queue, disk, log, mac }: StoredAuditTrailPorts): AuditTrail {
  return {
    append: async (records) => {
      await configure(queue, (batch) => {
        for (const record of records) batch.record(record)
        return accept(undefined)
      })
    },
    page: async (query) => (await disk.read('audit_page', ...filterOf(query), query.limit)).map(readEvent),
    count: async (query) => number((await disk.read('audit_count', ...filterOf(query)))[0] ?? {}, 'n'),
    verify: (expected) => verify(disk, mac, expected),
    anchor: async () => {
      const [chain] = await disk.read('audit_chain')
      if (chain === undefined) return undefined
      const head = headOf(chain)
      return isSame(bytes(chain, 'head_seal'), sealOf(mac, 'head', head)) ? anchorAt(head) : undefined
    },
    prune: async (olderThan) => {
      let removed = 0
      for (;;) {
        const [chain] = await disk.read('audit_chain')
        // Removes only a limited number of events in each commit, because a long commit delays token requests.
        const old = await disk.read('audit_before', olderThan, PAGE)
        const last = old.at(-1)
        if (chain === undefined || last === undefined) return removed
        const from = checkpointOf(chain)
        const misfit = checkpointMisfit(chain, mac) ?? firstMisfit(old, from, mac)
        const shortened = await configure(queue, (batch) => {
          const isShortened = log.shorten(batch, from.seq, endOf(last))
          if (isShortened) batch.record(pruned(number(last, 'seq'), olderThan, misfit))
          return accept(isShortened)
        })
        // Another server has removed the same events.
        if (!shortened.ok || !shortened.value) return removed
        removed += old.length
        // A page that is not full was the last page. Does not read again: if the clock was set back, the record of this
        // removal may itself look old enough to be removed, and the removal would never end.
        if (old.length < PAGE) return removed
      }
    },
    onRecorded: (listener) => log.onRecorded(listener),
  }
}

/**
 * Makes the record of a removal. If a removed event was damaged, the record names it, because the damage cannot be
 * found after the removal.
 */
const pruned = (upToSeq: number, olderThan: number, misfit: Misfit | undefined): AuditRecord => ({
  event: TRAIL_PRUNED,
  actor: SYSTEM,
  target: AUDIT_TRAIL_TARGET,
  before: {},
  after: {
    up_to_seq: upToSeq,
    older_than: new Date(olderThan * 1000).toISOString(),
    ...(misfit !== undefined && { intact: false, damaged_seq: misfit.seq, problem: misfit.problem }),
  },
})

function filterOf({ before, event, actor, target, kind, since, until }: AuditQuery): AuditFilterValues {
  const areRefusals = kind === undefined ? null : kind === 'refusals' ? 1 : 0
  return [before ?? null, event ?? null, actor ?? null, target ?? null, since ?? null, until ?? null, areRefusals]
}

/** Checks the chain. Starts again if the retention removed events during the check. */
async function verify(disk: Disk, mac: AuditMac, expected: AuditAnchor | undefined): Promise<AuditReport> {
  const report = await verifyChain(disk, mac, expected)
  if (report.intact) return report
  const [chain] = await disk.read('audit_chain')
  const hasConflict = chain !== undefined && number(chain, 'checkpoint_seq') >= report.fromSeq
  return hasConflict && report.seq !== expected?.seq ? verify(disk, mac, expected) : report
}

/**
 * Checks the chain from its checkpoint to its end: no event number is missing, each MAC was made with the audit key,
 * and the indexed columns of each event equal its record.
 */
async function verifyChain(disk: Disk, mac: AuditMac, expected: AuditAnchor | undefined): Promise<AuditReport> {
  const [chain] = await disk.read('audit_chain')
  if (chain === undefined) return { intact: false, checked: 0, fromSeq: 0, toSeq: 0, seq: 0, problem: HEAD_LOST }
  const checkpoint = checkpointOf(chain)
  const head = headOf(chain)
  const range = { fromSeq: checkpoint.seq + 1, toSeq: head.seq }
  const broken = (checked: number, seq: number, problem: string): AuditReport => ({
    intact: false,
    checked,
    ...range,
    seq,
    problem,
  })
  const begun = checkpointMisfit(chain, mac)
  if (begun !== undefined) return broken(0, begun.seq, begun.problem)
  if (!isSame(bytes(chain, 'head_seal'), sealOf(mac, 'head', head))) {
    return broken(0, head.seq, 'the record of the end of the chain was not written with the audit key')
  }
  if (expected !== undefined && expected.seq < checkpoint.seq) return broken(0, expected.seq, ANCHOR_REMOVED)
  if (expected !== undefined && expected.seq > head.seq) return broken(0, expected.seq, ANCHOR_MISSING)
  if (expected?.seq === checkpoint.seq && expected.mac !== hex(checkpoint.mac)) {
    return broken(0, checkpoint.seq, ANCHOR_DIFFERS)
  }
  let last = checkpoint
  let checked = 0
  // Checks only up to the end of the chain at the beginning of the check. Later events are left to the next check.
  while (last.seq < head.seq) {
    const rows = await disk.read('audit_from', last.seq, Math.min(PAGE, head.seq - last.seq))
    if (rows.length === 0) break
    for (const row of rows) {
      const misfit = firstMisfit([row], last, mac) ?? reportedMisfit(row)
      if (misfit !== undefined) return broken(checked, misfit.seq, misfit.problem)
      last = endOf(row)
      const { seq } = last
      if (expected?.seq === seq && expected.mac !== hex(last.mac)) return broken(checked, seq, ANCHOR_DIFFERS)
      checked++
    }
  }
  if (last.seq !== head.seq) return broken(checked, last.seq + 1, 'events are missing at the end')
  if (!isSame(last.mac, head.mac))
    return broken(checked, last.seq, 'the last event differs from the record of the end of the chain')
  return { intact: true, checked, ...range, anchor: anchorAt(head) }
}

const ANCHOR_DIFFERS = 'the trail has a different history than the expected one'
const ANCHOR_MISSING = 'the trail ends before the expected event: the store is an older copy or a different store'
const ANCHOR_REMOVED = 'the retention has removed the expected event, so the trail cannot be compared with it'

const anchorAt = ({ seq, mac }: ChainEnd): AuditAnchor => ({ seq, mac: hex(mac) })

const headOf = (chain: Row): ChainEnd => ({ seq: number(chain, 'head_seq'), mac: bytes(chain, 'head_mac') })

const HEAD_LOST = 'the record of the end of the chain was removed'

interface Misfit {
  readonly seq: number
  readonly problem: string
}

const checkpointOf = (chain: Row): ChainEnd => ({
  seq: number(chain, 'checkpoint_seq'),
  mac: bytes(chain, 'checkpoint_mac'),
})

const endOf = (row: Row): ChainEnd => ({ seq: number(row, 'seq'), mac: bytes(row, 'mac') })

function checkpointMisfit(chain: Row, mac: AuditMac): Misfit | undefined {
  const checkpoint = checkpointOf(chain)
  const beginsRight = checkpoint.seq > 0 || isSame(checkpoint.mac, genesis(mac).mac)
  if (beginsRight && isSame(bytes(chain, 'checkpoint_seal'), sealOf(mac, 'checkpoint', checkpoint))) return undefined
  return { seq: checkpoint.seq, problem: 'the checkpoint was not written with the audit key' }
}

/** Returns the first event that was changed or does not follow its predecessor. Undefined if all events fit. */
function firstMisfit(rows: readonly Row[], from: ChainEnd, mac: AuditMac): Misfit | undefined {
  let before = from
  for (const row of rows) {
    const end = endOf(row)
    if (end.seq !== before.seq + 1) return { seq: before.seq + 1, problem: 'events are missing' }
    const problem = problemOf(row, before, mac)
    if (problem !== undefined) return { seq: end.seq, problem }
    before = end
  }
  return undefined
}

function problemOf(row: Row, before: ChainEnd, mac: AuditMac): string | undefined {
  const body = text(row, 'record')
  const expected = eventMac(mac, before.mac, number(row, 'seq'), number(row, 'at'), body)
  if (!isSame(bytes(row, 'mac'), expected)) return 'the event was changed, or not written with the audit key'
  const { event, actor, target } = readEvent(row)
  const isIndexed = text(row, 'event') === event && text(row, 'actor') === actor.id && text(row, 'target') === target.id
  return isIndexed ? undefined : 'the indexed columns differ from the event'
}

/**
 * Returns the number and the report of an event that reports missing or damaged earlier events. Undefined for every
 * other event.
 */
function reportedMisfit(row: Row): Misfit | undefined {
  const { seq, event, after } = readEvent(row)
  if (event === TRAIL_LOST) return { seq, problem: LOST }
  return event === TRAIL_PRUNED && after['intact'] === false ? { seq, problem: PRUNED_DAMAGED } : undefined
}

const TRAIL_PRUNED = 'audit_trail.pruned'
const LOST = 'all events before this event were removed, with the record of the end of the chain'
const PRUNED_DAMAGED = 'the retention removed events before this event, and some of them were changed or missing'
