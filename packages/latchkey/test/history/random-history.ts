// One history of one slot: random operations at random replicas, many of them concurrent.
import { between, type Chance, oneOf } from '../../../../e2e/chance.ts'
import type { OpenedStore } from '../engines.ts'
import type { Operation, Outcome } from './history.ts'
import { type HistoryParts, ReplicaHistory } from './replica-history.ts'

const ACTS = 22

export async function randomHistory(
  chance: Chance,
  replicas: readonly [OpenedStore, ...OpenedStore[]],
  parts?: HistoryParts,
): Promise<readonly Operation[]> {
  const acts = await ReplicaHistory.begin(replicas, parts)
  const running: Promise<Outcome>[] = []
  for (let n = 0; n < ACTS; n++) {
    const at = between(chance, 0, replicas.length - 1)
    const { tokens } = acts
    const text = tokens.length === 0 ? undefined : oneOf(chance, tokens.slice(-3))
    const dice = between(chance, 1, 100)
    if (text === undefined || dice <= 40) running.push(acts.issue(at))
    else if (dice <= 75) running.push(acts.check(at, text))
    else if (dice <= 92) running.push(acts.revoke(at, text))
    else running.push(acts.change(at, dice <= 96 ? 'disable' : 'enable'))
    if (chance() < 0.4) await oneOf(chance, running)
  }
  await Promise.all(running)
  await acts.checkAll(between(chance, 0, replicas.length - 1))
  return acts.operations
}
