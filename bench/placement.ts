// Where processes run: server and load generator each on its own core, or both where the system places them.
import { spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'

export type Placement = 'one core' | 'all cores'
export type Seat = 'server' | 'load'

const CORE: Readonly<Record<Seat, number>> = { server: 0, load: 1 }

const hasTaskset = availableParallelism() > 1 && spawnSync('taskset', ['-c', '0', 'true']).status === 0

/** Why `one core` is impossible on this machine. Undefined if it is possible. */
export const notPinned = hasTaskset
  ? undefined
  : 'taskset (util-linux) and two cores are needed to pin: nothing is pinned'

/** The command that runs Node with these words on the seat's core, its threads included. */
export function seated(placement: Placement, seat: Seat, words: readonly string[]): [string, string[]] {
  return placement === 'one core' && hasTaskset
    ? ['taskset', ['-c', String(CORE[seat]), process.execPath, ...words]]
    : [process.execPath, [...words]]
}
