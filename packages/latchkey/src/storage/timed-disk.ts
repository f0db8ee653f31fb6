// A disk whose commits are timed, also those that fail.
import type { Clock } from '../ports/clock.ts'
import type { Disk } from '../rows/disk.ts'

export const timedDisk = (disk: Disk, clock: Clock, timed: (milliseconds: number) => void): Disk => ({
  commit: (writes) => {
    const begunAt = clock.monotonic()
    const committing = disk.commit(writes)
    const report = (): void => {
      timed(clock.monotonic() - begunAt)
    }
    committing.then(report, report)
    return committing
  },
  read: (...read) => disk.read(...read),
  recover: () => disk.recover(),
  close: () => disk.close(),
  abandon: () => disk.abandon(),
})
