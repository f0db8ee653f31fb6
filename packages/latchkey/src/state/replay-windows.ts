// The replay windows in memory. On PostgreSQL they may be old: the commit compares their versions.
import { EMPTY_WINDOW, type ReplayWindow } from '../domain/replay-window.ts'
import type { EpochSeconds } from '../domain/slot.ts'
import type { Disk, Row } from '../rows/disk.ts'
import { bytes, number, text } from '../rows/rows.ts'

const MICROSECONDS = 1_000_000

export class ReplayWindows {
  readonly #windows = new Map<string, ReplayWindow>()
  #lostUntil: EpochSeconds = 0

  static async load(disk: Pick<Disk, 'read'>): Promise<ReplayWindows> {
    const windows = new ReplayWindows()
    windows.putRows(await disk.read('replay_windows'))
    return windows
  }

  /** The last moment at which the store may have lost uses of assertions. 0 if it never did. */
  get lostUntil(): EpochSeconds {
    return this.#lostUntil
  }

  /**
   * Notes the generation floor. A restore and a fail-over that may lose commits raise it to their own moment, in
   * microseconds since the epoch.
   */
  floorIs(floor: number): void {
    this.#lostUntil = Math.ceil(floor / MICROSECONDS)
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
