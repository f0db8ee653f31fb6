// Runs `latchkey apply` as an operator does, in its own process. Each run declares other integrations.
import { once } from 'node:events'
import { constants, setPriority } from 'node:os'
import { join } from 'node:path'
import { keepStderr, startChild } from './children.ts'
import type { Placement } from './placement.ts'
import { PROGRAM } from './servers/latchkey.ts'
import { writeManifest } from './manifest-file.ts'

export interface AppliesOptions {
  readonly folder: string
  /** The data folder, which names the server and its key. */
  readonly dataDir: string
  /** The number of integrations that each run declares. */
  readonly count: number
  readonly placement: Placement
}

export class Applies {
  /** The duration of each run in milliseconds, from the start of its process to its end. */
  readonly milliseconds: number[] = []
  readonly #desired: AppliesOptions
  readonly #files: string[] = []
  #written = 0

  constructor(desired: AppliesOptions) {
    this.#desired = desired
  }

  /**
   * Runs one `latchkey apply` after another until `work` is done, and waits for the last apply. Throws if there are
   * more than `most` applies, or if an apply does not create all its integrations.
   */
  async during<Outcome>(work: () => Promise<Outcome>, most: number): Promise<Outcome> {
    // All manifests are written before the first apply, because writing a file delays the store's syncs on the same
    // disk.
    while (this.#files.length < most) this.#files.push(this.#newFile())
    const progress = { isOver: false }
    const working = work().finally(() => {
      progress.isOver = true
    })
    // The return below reports an error of `work`. Until then the error must not count as an unhandled rejection.
    working.catch(() => undefined)
    while (!progress.isOver) {
      const file = this.#files.shift()
      if (file === undefined) throw new RangeError(`there were more than ${String(most)} applies`)
      this.milliseconds.push(await this.#apply(file))
    }
    return working
  }

  #newFile(): string {
    const { folder, count } = this.#desired
    const number = String(this.#written++)
    const file = join(folder, `manifest-${number}.yaml`)
    writeManifest(file, `Applied ${number}`, count)
    return file
  }

  async #apply(file: string): Promise<number> {
    const { dataDir, count, placement } = this.#desired
    const began = performance.now()
    const words = [PROGRAM, 'apply', '-f', file]
    const child = startChild({ placement, seat: 'load', words, env: { LATCHKEY_DATA_DIR: dataDir }, channel: 'none' })
    // A low priority lets the process share the core of the load generator without delaying its requests.
    if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW)
    const said = keepStderr(child)
    child.stdout?.resume()
    const [code] = (await once(child, 'close')) as [number | null]
    if (code !== 0 || !said().includes(`${String(count)} created,`)) {
      throw new Error(`latchkey apply ended with ${String(code)}\n${said()}`)
    }
    return performance.now() - began
  }
}
