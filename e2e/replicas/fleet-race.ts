// A race at several replicas. The replicas are killed and paused, their database is restarted, and the judge gets one
// history of all requests.
import { between, type Chance, oneOf, seededChance } from '../chance.ts'
import { violations } from '../history/judge.ts'
import { checkAll } from '../history/load.ts'
import { isUnanswered } from '../history/operation.ts'
import { Recorder, type Slot, slotName } from '../history/recorder.ts'
import { createIntegration, type Integration, MODEL, PREDICT } from '../integrations.ts'
import type { Cluster } from '../../packages/latchkey/test/postgres/cluster.ts'
import { endSessions } from './end-sessions.ts'
import { type Replica, startFleet } from './fleet.ts'
import { runFleetLoad } from './fleet-load.ts'

/** The size of the judged history. */
export interface FleetFigures {
  /** The number of operations in the judged history. The checks at the end are among them. */
  readonly judged: number
  readonly answered: number
  /** The number of requests whose connection broke. */
  readonly broken: number
  /** The number of requests answered with 503. */
  readonly unavailable: number
  /** The number of judged operations whose effect is unknown. */
  readonly unanswered: number
  readonly judgingSeconds: number
}

export interface FleetOutcome {
  readonly violations: readonly string[]
  readonly figures: FleetFigures
  readonly received: number
  /** The slot (integration and scope) of each live token at the end. A slot with two live tokens occurs twice. */
  readonly live: readonly string[]
  readonly kills: number
  readonly pauses: number
  readonly restarts: number
}

export interface FleetRace {
  readonly cluster: Cluster
  readonly replicas: number
  /** The least duration in milliseconds. The race also continues until there was a disturbance of each kind. */
  readonly milliseconds: number
  /** The least number of tokens that clients received. */
  readonly least?: number
  /** The pause between two disturbances, in milliseconds. */
  readonly calm: number
}

/**
 * How many of the latest tokens are checked at every replica after the race. The other tokens are checked at one
 * replica.
 */
const CHECKED_EVERYWHERE = 100

export async function runFleetRace({
  cluster,
  replicas: count,
  milliseconds,
  least = 0,
  calm,
}: FleetRace): Promise<FleetOutcome> {
  const chance = seededChance()
  const replicas = [...(await startFleet({ databases: Array.from({ length: count }, () => cluster.url) }))]
  const first = replicas[0] as Replica
  const slotsOf = (integration: Integration): Slot[] => [PREDICT, MODEL].map((scope) => ({ integration, scope }))
  const slots = [...slotsOf(await createIntegration(first)), ...slotsOf(await createIntegration(first))]
  const toggled = slotsOf(await createIntegration(first))
  const resourceServer = await createIntegration(first, { resource_server: true })
  // The database may carry out a statement of a replica after the replica was killed.
  const recorder = new Recorder('possible')
  const end = performance.now() + milliseconds
  let [hasFailed, isDisturbed] = [false, false]
  const isEnough = (turns: number): boolean => hasFailed || (turns >= KINDS && performance.now() > end)
  const disturbances = disturb({ cluster, replicas, chance, isEnough, calm })
  disturbances.then(
    () => {
      isDisturbed = true
    },
    // A replica that does not come back after a disturbance ends the race with a failure.
    () => {
      hasFailed = true
    },
  )
  const isOver = (): boolean => hasFailed || (isDisturbed && recorder.received.size >= least)
  await runFleetLoad({
    ...{ recorder, chance, slots, toggled, resourceServer, isOver },
    replicas: () => replicas,
    clients: 12,
  }).catch(async (cause: unknown) => {
    // After a failure no further replica is restarted.
    hasFailed = true
    await disturbances
    throw cause
  })
  const disturbed = await disturbances
  const received = [...recorder.received.values()]
  const live = await checkAll({ server: first, recorder, resourceServer }, received).catch((cause: unknown) => {
    throw new Error('at rest', { cause })
  })
  for (const server of replicas)
    await checkAll({ server, recorder, resourceServer }, received.slice(-CHECKED_EVERYWHERE))
  const acts = [...recorder.history.values()].flat().map(({ act }) => act)
  const begun = performance.now()
  const found = violations(recorder.history)
  return {
    violations: found,
    figures: {
      judged: acts.length,
      answered: recorder.answered,
      broken: recorder.broken,
      unavailable: recorder.unavailable,
      unanswered: acts.filter(isUnanswered).length,
      judgingSeconds: Math.round((performance.now() - begun) / 1000),
    },
    received: received.length,
    live: live.map(slotName),
    ...disturbed,
  }
}

interface Disturbance {
  readonly cluster: Cluster
  readonly replicas: Replica[]
  readonly chance: Chance
  readonly isEnough: (turns: number) => boolean
  readonly calm: number
}

const KINDS = 3

/** Disturbs the replicas and the database, one disturbance after the other. At the end every replica runs. */
async function disturb({ cluster, replicas, chance, isEnough, calm }: Disturbance) {
  const done = { kills: 0, pauses: 0, restarts: 0 }
  const pause = (least: number, most: number) =>
    new Promise((resolve) => setTimeout(resolve, between(chance, least, most)))
  for (let turn = 0; !isEnough(turn); turn++) {
    await pause(calm / 2, calm)
    // The servers get no answers to the commits in flight. The database carries out some of these commits while the
    // servers already send the next ones.
    await endSessions(cluster)
    await pause(0, 200)
    // Only the first replica changes integrations, and it is killed and paused like the others.
    const at = replicas.indexOf(oneOf(chance, replicas))
    const replica = replicas[at] as Replica
    switch (turn % KINDS) {
      case 0:
        replica.kill('SIGKILL')
        await replica.exited
        replicas[at] = await replica.again()
        done.kills++
        break
      case 1:
        replica.kill('SIGSTOP')
        await pause(500, 3000)
        replica.kill('SIGCONT')
        done.pauses++
        break
      case 2:
        await cluster.stop(chance() < 0.5 ? 'fast' : 'immediate')
        await cluster.start()
        done.restarts++
        break
    }
  }
  return done
}
