// A commit queue over a simulated disk, so that a test can stop between two steps. The queue is the same for both engines.
import { CommitQueue } from '../src/commit/commit-queue.ts'
import { soleWriter } from '../src/commit/commit-strategy.ts'
import { AuditLog } from '../src/state/audit-log.ts'
import { Generations } from '../src/state/generations.ts'
import { LiveState } from '../src/state/live-state.ts'
import { ReplayWindows } from '../src/state/replay-windows.ts'
import { TestClock } from './a-server.ts'
import { TEST_AUDIT_MAC, TEST_ROW_MACS } from './a-store.ts'
import { SimulatedDisk } from './history/simulated-disk.ts'

/** @param reload reads the records of a failed commit into memory */
export async function aCommitQueue(reload: () => Promise<void> = () => Promise.resolve()) {
  const disk = SimulatedDisk.blank()
  const queue = new CommitQueue({
    live: new LiveState(),
    generations: new Generations(),
    recorder: await AuditLog.load(disk, { mac: TEST_AUDIT_MAC, clock: new TestClock(), trail: 'must_exist' }),
    macs: TEST_ROW_MACS,
    windows: new ReplayWindows(),
    disk,
    strategy: soleWriter({ disk, reload }),
  })
  return { disk, queue }
}
