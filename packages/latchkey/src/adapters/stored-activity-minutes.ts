// Stores the activity counts of the last two days, in one row for each minute.
import { accept } from '@latchkey/protocol'
import type { CommitQueue } from '../commit/commit-queue.ts'
import { configure } from '../commit/configuration.ts'
import type { ActivityMinutes, KeptMinute, NamedCounts } from '../ports/activity-minutes.ts'
import type { Disk, Row, Write } from '../rows/disk.ts'
import { number, text } from '../rows/rows.ts'

const MINUTES_OF_TWO_DAYS = 2880
/** The index of a special row, whose `minute` is the first counted minute. */
const FIRST = -1

export const storedActivityMinutes = (disk: Disk, queue: CommitQueue): ActivityMinutes => ({
  from: async (minute) => {
    const rows = await disk.read('activity_minutes', minute)
    const first = rows.find((row) => number(row, 'place') === FIRST)
    return {
      first: first && number(first, 'minute'),
      minutes: rows.filter((row) => row !== first).map(keptMinute),
    }
  },
  put: async (run, minutes, first) => {
    const writes = [...minutes].map(([minute, counts]): Write => [
      'put_activity_minute',
      minute % MINUTES_OF_TWO_DAYS,
      minute,
      JSON.stringify({ [run]: counts }),
    ])
    await configure(queue, (batch) => accept(batch.writes.push(['put_first_activity_minute', first], ...writes)))
  },
})

const keptMinute = (row: Row): KeptMinute => ({
  minute: number(row, 'minute'),
  runs: JSON.parse(text(row, 'counts')) as Readonly<Record<string, NamedCounts>>,
})
