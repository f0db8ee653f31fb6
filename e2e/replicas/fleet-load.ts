// Clients that request tokens for the same slots (pairs of integration and scope). Each request goes to a random
// replica, and the judge checks all answers together.
import { between, type Chance, oneOf } from '../chance.ts'
import {
  RecordedClient,
  type Received,
  recordedChange,
  type Recorder,
  type Slot,
  slotName,
} from '../history/recorder.ts'
import type { Integration } from '../integrations.ts'
import type { Replica } from './fleet.ts'

export interface FleetLoad {
  /** Returns the replicas that run now. A restarted replica replaces its predecessor. */
  readonly replicas: () => readonly Replica[]
  readonly recorder: Recorder
  readonly chance: Chance
  readonly slots: readonly Slot[]
  /**
   * The slots of the one integration that is disabled and enabled during the load. Empty if there is no such
   * integration.
   */
  readonly toggled: readonly Slot[]
  readonly resourceServer: Integration
  readonly clients: number
  readonly isOver: () => boolean
}

const REMEMBERED = 6

export async function runFleetLoad(load: FleetLoad): Promise<void> {
  const recent = new Map<string, Received[]>()
  const clients = Array.from({ length: load.clients }, () => runClient(load, recent))
  await Promise.all([...clients, toggle(load)])
}

async function runClient(
  { replicas, recorder, chance, slots, toggled, resourceServer, isOver }: FleetLoad,
  recent: Map<string, Received[]>,
): Promise<void> {
  const clients = new Map<Replica, RecordedClient>()
  const clientOf = (replica: Replica): RecordedClient => {
    const known = clients.get(replica) ?? new RecordedClient(replica, recorder)
    clients.set(replica, known)
    return known
  }
  while (!isOver()) {
    const client = clientOf(oneOf(chance, replicas()))
    const slot = oneOf(chance, [...slots, ...toggled])
    const tokens = recent.get(slotName(slot)) ?? []
    const dice = tokens.length === 0 ? 0 : between(chance, 1, 100)
    if (dice <= 40) {
      const received = await client.issue(slot)
      if (received !== undefined) recent.set(slotName(slot), [...tokens, received].slice(-REMEMBERED))
    } else if (dice <= 75) await client.verify(oneOf(chance, tokens))
    else if (dice <= 92) await client.introspect(oneOf(chance, tokens), resourceServer)
    else await client.revoke(oneOf(chance, tokens))
  }
  for (const client of clients.values()) client.close()
}

async function toggle({ replicas, recorder, chance, toggled, isOver }: FleetLoad): Promise<void> {
  if (toggled.length === 0) return
  while (!isOver()) {
    await recordedChange(oneOf(chance, replicas()), recorder, toggled, 'disable')
    await recordedChange(oneOf(chance, replicas()), recorder, toggled, 'enable')
  }
}
