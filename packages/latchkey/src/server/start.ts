// The input of a start, which every step of the start gets.
import type { Config } from '../config/config.ts'
import type { ListenerTimeouts } from '../http/public/public-listener.ts'
import type { Logger } from '../log.ts'
import type { Clock } from '../ports/clock.ts'
import type { MockControls } from '../ports/mock-controls.ts'
import type { Random } from '../ports/random.ts'
import type { DataFolder } from '../storage/data-folder.ts'
import type { Deadlines } from '../storage/postgres/deadlines.ts'

export interface Overrides {
  readonly clock?: Clock
  readonly timeouts?: ListenerTimeouts
  readonly consoleFolder?: string
  /**
   * The `latchkey` command for this server, as an operator types it on the machine of the server. Contains the data
   * folder if the command needs it.
   */
  readonly commandLine?: string
  readonly databaseDeadlines?: Deadlines
  /** Makes the server a mock: each answer has a header that says so, and the admin listener has the routes of a mock. */
  readonly mock?: MockControls
}

export interface Start {
  readonly config: Config
  readonly logger: Logger
  readonly overrides: Overrides
  readonly folder: DataFolder
  readonly clock: Clock
  readonly random: Random
}
