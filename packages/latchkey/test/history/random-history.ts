// Makes the history of one slot (an integration and scope): random operations at random replicas, many of them
// concurrent.
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

/**
 * Makes one history of a client that authenticates with assertions, and sends some assertions again. The clocks of the
 * replicas jump in both directions.
 */
export async function randomUses(
  chance: Chance,
  replicas: readonly [OpenedStore, ...OpenedStore[]],
  parts?: HistoryParts,
): Promise<readonly Operation[]> {
  const acts = await ReplicaHistory.begin(replicas, parts)
  const running: Promise<Outcome>[] = []
  const ahead = new Set<number>()
  const stepClock = (at: number): void => {
    acts.stepClock(at, ahead.has(at) ? -100 : 100)
    if (!ahead.delete(at)) ahead.add(at)
  }
  for (let n = 0; n < ACTS; n++) {
    const at = between(chance, 0, replicas.length - 1)
    const { tokens, assertions } = acts
    const dice = between(chance, 1, 100)
    if (assertions.length === 0 || dice <= 35) running.push(acts.present(at))
    else if (dice <= 70) running.push(acts.presentAgain(at, oneOf(chance, assertions.slice(-3))))
    else if (dice <= 78) stepClock(at)
    else if (dice <= 82) running.push(acts.issue(at))
    else if (tokens.length > 0) running.push(acts.check(at, oneOf(chance, tokens.slice(-3))))
    if (chance() < 0.4) await oneOf(chance, running)
  }
  await Promise.all(running)
  for (const at of [...ahead]) stepClock(at)
  await acts.checkAll(between(chance, 0, replicas.length - 1))
  return acts.operations
}

/** Makes one history of a client that names the token to replace: one of its tokens, or none. */
export async function randomConditions(
  chance: Chance,
  replicas: readonly [OpenedStore, ...OpenedStore[]],
  parts?: HistoryParts,
): Promise<readonly Operation[]> {
  const acts = await ReplicaHistory.begin(replicas, parts)
  const running: Promise<Outcome>[] = []
  for (let n = 0; n < ACTS; n++) {
    const at = between(chance, 0, replicas.length - 1)
    const text = acts.tokens.length === 0 ? undefined : oneOf(chance, acts.tokens.slice(-3))
    const dice = between(chance, 1, 100)
    if (text === undefined || dice <= 8) running.push(acts.issueIf(at, 0))
    else if (dice <= 55) running.push(acts.issueInsteadOf(at, text))
    else if (dice <= 60) running.push(acts.issue(at))
    else if (dice <= 85) running.push(acts.check(at, text))
    else if (dice <= 95) running.push(acts.revoke(at, text))
    else running.push(acts.change(at, dice <= 98 ? 'disable' : 'enable'))
    if (chance() < 0.4) await oneOf(chance, running)
  }
  await Promise.all(running)
  await acts.checkAll(between(chance, 0, replicas.length - 1))
  return acts.operations
}
