// Rounds of load, SIGKILL and restart on one data folder. The judge (history/judge.ts) checks everything that the
// clients observed.
import { expect } from 'vitest'
import { underLoad } from './beside.ts'
import { between, type Chance, seededChance } from './chance.ts'
import { freePort } from './free-port.ts'
import { violations } from './history/judge.ts'
import { checkAll, runLoad } from './history/load.ts'
import { RecordedClient, type Received, Recorder, type Slot, slotName } from './history/recorder.ts'
import { createIntegration, type Integration, MODEL, PREDICT } from './integrations.ts'
import { aTemporaryFolder, type Program, type RealServer, startRealServer } from './real-server.ts'

const CLIENTS = 12
/** How many of the latest tokens of earlier rounds are checked after each restart. */
const CHECKED_EACH_ROUND = 300

export interface CrashOutcome {
  readonly violations: readonly string[]
  /** Token requests that were in flight when the server was killed. */
  readonly unansweredIssues: number
  /** The number of tokens found live after a restart, over all restarts. */
  readonly liveAfterRestart: number
  readonly received: number
}

interface Cast {
  readonly busy: readonly Slot[]
  readonly toggled: readonly Slot[]
  /** An integration and scope whose tokens are requested only here, and not by the load. */
  readonly quiet: Slot
  readonly resourceServer: Integration
}

/** Starts, loads, kills, restarts and checks a server for the given number of rounds. Call it in a running test. */
export async function runCrashes(rounds: number, program?: Program): Promise<CrashOutcome> {
  const chance = seededChance()
  const dataDir = aTemporaryFolder()
  // The port is part of the issuer, so tokens stay valid after a restart only if the port is the same.
  const env = { LATCHKEY_PORT: String(await freePort()), LATCHKEY_SIGNING_ALG: 'ES256', LATCHKEY_DEMO: 'off' }
  const options = { dataDir, env, ...(program !== undefined && { program }) }
  const recorder = new Recorder()
  let server = await startRealServer(options)
  const cast = await castOf(server)
  const { resourceServer } = cast
  let liveAfterRestart = 0
  for (let round = 1; round <= rounds; round++) {
    const acknowledged = await loadAndKill({ server, recorder, chance, cast })
    await server.exited
    server = await startRealServer(options)
    const isLast = round === rounds
    const received = [...recorder.received.values()]
    const checked = isLast ? received : received.slice(-CHECKED_EACH_ROUND)
    const live = await checkAll({ server, recorder, resourceServer }, checked)
    expect(duplicates(live.map(slotName)), `slots with two live tokens after kill ${round}`).toEqual([])
    expect(
      live.map(({ jti }) => jti),
      `the token acknowledged just before kill ${round} is live`,
    ).toContain(acknowledged.jti)
    liveAfterRestart += live.length
  }
  await server.stop()
  const acts = [...recorder.history.values()].flat()
  return {
    violations: violations(recorder.history),
    unansweredIssues: acts.filter(({ act }) => act.kind === 'issue_unanswered').length,
    liveAfterRestart,
    received: recorder.received.size,
  }
}

async function castOf(server: RealServer): Promise<Cast> {
  const slotsOf = (integration: Integration): Slot[] => [PREDICT, MODEL].map((scope) => ({ integration, scope }))
  const busy = [...slotsOf(await createIntegration(server)), ...slotsOf(await createIntegration(server))]
  const toggled = slotsOf(await createIntegration(server))
  const quiet = { integration: await createIntegration(server), scope: PREDICT }
  const resourceServer = await createIntegration(server, { resource_server: true })
  return { busy, toggled, quiet, resourceServer }
}

interface Round {
  readonly server: RealServer
  readonly recorder: Recorder
  readonly chance: Chance
  readonly cast: Cast
}

/** Resolves with the token that the server acknowledged last before the kill. */
async function loadAndKill({ server, recorder, chance, cast }: Round): Promise<Received> {
  const { busy, toggled, quiet, resourceServer } = cast
  const until = recorder.answered + between(chance, 30, 600)
  const client = new RecordedClient(server, recorder)
  const load = (isOver: () => boolean) =>
    runLoad({
      ...{ server, recorder, chance, resourceServer, toggled, isOver },
      slots: [...busy, ...toggled],
      clients: CLIENTS,
    })
  const acknowledged = await underLoad(load, async () => {
    let latest: Received | undefined
    // The kill comes after a random number of answers to other clients, so that each kill hits a different moment of
    // the server's work.
    while (recorder.answered < until) latest = await client.issue(quiet)
    server.kill('SIGKILL')
    return latest
  })
  client.close()
  if (acknowledged === undefined) throw new Error('the quiet integration got no token')
  return acknowledged
}

const duplicates = (names: readonly string[]): readonly string[] =>
  names.filter((name, index) => names.indexOf(name) !== index)
