// A race of issue, check, revoke, disable, enable and delete for a given time. The judge gets everything that the
// clients observed.
import { setTimeout as pause } from 'node:timers/promises'
import { beside } from './beside.ts'
import { seededChance } from './chance.ts'
import { violations } from './history/judge.ts'
import { checkAll, runLoad } from './history/load.ts'
import { recordedChange, Recorder, type Slot, slotName } from './history/recorder.ts'
import { createIntegration, type Integration, MODEL, PREDICT } from './integrations.ts'
import type { RealServer } from './real-server.ts'

export interface RaceOutcome {
  readonly violations: readonly string[]
  /** The number of broken connections and 503 answers. A race without disturbances must have none of them. */
  readonly failures: number
  readonly answered: number
  readonly received: number
  /** The slot (integration and scope) of each live token after the race. A slot with two live tokens occurs twice. */
  readonly live: readonly string[]
}

/** Races for at least `milliseconds`, and until clients received `least` tokens. */
export async function runRace(server: RealServer, milliseconds: number, least = 0): Promise<RaceOutcome> {
  const recorder = new Recorder()
  const chance = seededChance()
  const slotsOf = (integration: Integration): Slot[] => [PREDICT, MODEL].map((scope) => ({ integration, scope }))
  const contested = [...slotsOf(await createIntegration(server)), ...slotsOf(await createIntegration(server))]
  const toggled = slotsOf(await createIntegration(server))
  const doomed = slotsOf(await createIntegration(server))
  const resourceServer = await createIntegration(server, { resource_server: true })
  const end = performance.now() + milliseconds
  const load = runLoad({
    ...{ server, recorder, chance, resourceServer, toggled },
    slots: [...contested, ...toggled, ...doomed],
    clients: 16,
    isOver: () => performance.now() > end && recorder.received.size >= least,
  })
  await beside(load, async () => {
    await pause(milliseconds / 2)
    await recordedChange(server, recorder, doomed, 'delete')
  })
  await load
  const live = await checkAll({ server, recorder, resourceServer }, [...recorder.received.values()])
  return {
    violations: violations(recorder.history),
    failures: recorder.broken + recorder.unavailable,
    answered: recorder.answered,
    received: recorder.received.size,
    live: live.map(slotName),
  }
}
