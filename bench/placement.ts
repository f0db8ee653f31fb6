// Where processes run: server and load generator each on its own core, or both wherever the system schedules them.
import { spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'

export type Placement = 'one core' | 'all cores'
export type Seat = 'server' | 'load'

const CORE: Readonly<Record<Seat, number>> = { server: 0, load: 1 }

const hasTaskset = availableParallelism() > 1 && spawnSync('taskset', ['-c', '0', 'true']).status === 0

/** The reason why `one core` is impossible on this machine. Undefined if it is possible. */
export const notPinned = hasTaskset
  ? undefined
  : 'taskset (util-linux) and two cores are needed to pin: nothing is pinned'

/**
 * Returns the command that runs Node with these arguments. If the placement is `one core`, Node and all its threads run
 * on the core of `seat`.
 */
export function seated(placement: Placement, seat: Seat, words: readonly string[]): [string, string[]] {
  return placement === 'one core' && hasTaskset
    ? ['taskset', ['-c', String(CORE[seat]), process.execPath, ...words]]
    : [process.execPath, [...words]]
}
