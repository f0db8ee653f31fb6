// The wall clock of a server, which a test moves while the server runs. The server's monotonic clock is not changed.
import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { eventually } from './eventually.ts'
import { aTemporaryFolder, type RealServer } from './real-server.ts'

export interface MovedClock {
  /** The words to put before the server's command. They run the program `faketime`, which must be installed. */
  readonly wrap: readonly string[]
  /** The time of the server, in seconds. */
  readonly now: () => number
  /** Moves the clock forwards, or back if `seconds` is negative. Resolves when the server has the new time. */
  move(server: Pick<RealServer, 'publicUrl'>, seconds: number): Promise<void>
}

/** The library of faketime reads its file once in this many seconds. */
const LOOK_SECONDS = '1'

export function aMovedClock(): MovedClock {
  const file = join(aTemporaryFolder(), 'offset')
  let offset = 0
  const write = (): void => {
    // The rename replaces the file at once, so the library never reads half of the text.
    writeFileSync(`${file}.new`, `${offset < 0 ? '-' : '+'}${String(Math.abs(offset))}`)
    renameSync(`${file}.new`, file)
  }
  write()
  const now = (): number => Math.floor(Date.now() / 1000) + offset
  // `faketime` sets the variable FAKETIME, which the library prefers to the file. So `env -u` removes the variable.
  const settings = [`FAKETIME_TIMESTAMP_FILE=${file}`, `FAKETIME_CACHE_DURATION=${LOOK_SECONDS}`]
  return {
    wrap: ['faketime', '-m', '--exclude-monotonic', '-f', '+0', 'env', '-u', 'FAKETIME', ...settings],
    now,
    move: async ({ publicUrl }, seconds) => {
      offset += seconds
      write()
      const isMoved = async (): Promise<boolean> => {
        const { headers } = await fetch(`${publicUrl}/livez`)
        return Math.abs(Date.parse(headers.get('date') ?? '') / 1000 - now()) < 3
      }
      await eventually(isMoved, { within: 20_000, what: 'the server has the new time' })
    },
  }
}
