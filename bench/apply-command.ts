// `latchkey apply` as an operator runs it: a process of its own that finds server and key in the data folder.
import { once } from 'node:events'
import { keepStderr, startChild } from './children.ts'
import type { Placement } from './placement.ts'
import { PROGRAM } from './servers/latchkey.ts'

export interface ApplyWish {
  readonly dataDir: string
  readonly file: string
  /** How many integrations it must have made. */
  readonly count: number
  readonly placement: Placement
}

/** Milliseconds from the start of the process to its end. Throws when it did not make them all. */
export async function runApply({ dataDir, file, count, placement }: ApplyWish): Promise<number> {
  const began = performance.now()
  const child = startChild({
    placement,
    seat: 'load',
    words: [PROGRAM, 'apply', '-f', file],
    env: { LATCHKEY_DATA_DIR: dataDir },
    channel: 'none',
  })
  const said = keepStderr(child)
  child.stdout?.resume()
  const [code] = (await once(child, 'close')) as [number | null]
  if (code !== 0 || !said().includes(`${String(count)} created,`)) {
    throw new Error(`latchkey apply ended with ${String(code)}\n${said()}`)
  }
  return performance.now() - began
}
