// The replay windows (the records of used assertions, one for each client) in memory. With PostgreSQL, a window may be
// out of date, so each commit compares the version of the window.
import { EMPTY_WINDOW, type ReplayWindow } from '../domain/replay-window.ts'
import type { EpochSeconds } from '../domain/slot.ts'
import type { Disk, Row } from '../rows/disk.ts'
import { bytes, number, text } from '../rows/rows.ts'

const MICROSECONDS = 1_000_000

export class ReplayWindows {
  readonly #windows = new Map<string, ReplayWindow>()
  #floor = 0

  /** Reads all windows of a store. `floor` is the generation floor of the store. */
  static async load(disk: Pick<Disk, 'read'>, floor: number): Promise<ReplayWindows> {
    const windows = new ReplayWindows()
    windows.floorIs(floor)
    windows.putRows(await disk.read('replay_windows'))
    return windows
  }

  /** The last time at which the store may have lost uses of assertions. 0 if it never lost uses. */
  get lostUntil(): EpochSeconds {
    return Math.ceil(this.#floor / MICROSECONDS)
  }

  /**
   * Sets the generation floor, up to which all tokens have ended. A restore, or a fail-over that may lose commits,
   * raises the floor to its own time in microseconds since the epoch. A raised floor drops all windows in memory: since
   * then, other replicas may have recorded different uses under the same versions.
   */
  floorIs(floor: number): void {
    if (floor > this.#floor) this.#windows.clear()
    this.#floor = floor
  }

  has(clientId: string): boolean {
    return this.#windows.has(clientId)
  }

  of(clientId: string): ReplayWindow {
    return this.#windows.get(clientId) ?? EMPTY_WINDOW
  }

  put(clientId: string, window: ReplayWindow | undefined): void {
    if (window === undefined) this.#windows.delete(clientId)
    else this.#windows.set(clientId, window)
  }

  putRows(rows: readonly Row[]): void {
    for (const row of rows) this.put(text(row, 'client_id'), readWindow(row))
  }

  /** Reads these windows from the disk again. */
  async reload(disk: Pick<Disk, 'read'>, clientIds: readonly string[]): Promise<void> {
    for (const clientId of clientIds) {
      const [row] = await disk.read('replay_window_of', clientId)
      this.put(clientId, row && readWindow(row))
    }
  }
}

const readWindow = (row: Row): ReplayWindow => ({
  version: number(row, 'version'),
  watermark: number(row, 'watermark'),
  since: number(row, 'since'),
  entries: typeof row['entries'] === 'string' ? Buffer.from(row['entries'], 'hex') : bytes(row, 'entries'),
})
