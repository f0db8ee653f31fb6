// Many clients at once, each on its own connection. Each client chooses its next action at random, for slots (pairs of
// integration and scope) that the clients share.
import { between, type Chance, oneOf } from '../chance.ts'
import type { Integration } from '../integrations.ts'
import type { RealServer } from '../real-server.ts'
import { RecordedClient, type Received, recordedChange, type Recorder, type Slot, slotName } from './recorder.ts'

export interface Load {
  readonly server: RealServer
  readonly recorder: Recorder
  readonly chance: Chance
  readonly slots: readonly Slot[]
  /** An integration with the resource-server right for the scopes of the slots. */
  readonly resourceServer: Integration
  readonly clients: number
  /** The load calls this function before each action, and ends when the result is true. */
  readonly isOver: () => boolean
  /** The slots of one integration that is disabled and enabled during the load. */
  readonly toggled?: readonly Slot[]
}

/** How many of the latest tokens of each slot the clients check and revoke. */
const REMEMBERED = 6

/** Resolves when every client has ended. */
export async function runLoad(load: Load): Promise<void> {
  const recent = new Map<string, Received[]>()
  const workers = Array.from({ length: load.clients }, () => runClient(load, recent))
  if (load.toggled !== undefined) workers.push(toggle(load, load.toggled))
  await Promise.all(workers)
}

async function runClient(
  { server, recorder, chance, slots, resourceServer, isOver }: Load,
  recent: Recent,
): Promise<void> {
  const client = new RecordedClient(server, recorder)
  while (!isOver()) {
    const slot = oneOf(chance, slots)
    const tokens = recent.get(slotName(slot)) ?? []
    const dice = tokens.length === 0 ? 0 : between(chance, 1, 100)
    if (dice <= 40) {
      const received = await client.issue(slot)
      if (received !== undefined) remember(recent, received)
    } else if (dice <= 70) await client.verify(oneOf(chance, tokens))
    else if (dice <= 88) await client.introspect(oneOf(chance, tokens), resourceServer)
    else await client.revoke(oneOf(chance, tokens))
  }
  client.close()
}

async function toggle({ server, recorder, isOver }: Load, slots: readonly Slot[]): Promise<void> {
  while (!isOver()) {
    await recordedChange(server, recorder, slots, 'disable')
    if (!isOver()) await recordedChange(server, recorder, slots, 'enable')
  }
}

type Recent = Map<string, Received[]>

function remember(recent: Recent, received: Received): void {
  const name = slotName(received)
  recent.set(name, [...(recent.get(name) ?? []), received].slice(-REMEMBERED))
}

/** Checks tokens with verify and introspection. Returns the live tokens. */
export async function checkAll(
  { server, recorder, resourceServer }: Pick<Load, 'server' | 'recorder' | 'resourceServer'>,
  tokens: readonly Received[],
): Promise<readonly Received[]> {
  const live: Received[] = []
  const waiting = [...tokens]
  const lane = async (): Promise<void> => {
    const client = new RecordedClient(server, recorder)
    for (let token = waiting.pop(); token !== undefined; token = waiting.pop()) {
      const verdict = await client.verify(token)
      const active = await client.introspect(token, resourceServer)
      if (verdict === 'live' && active === 'live') live.push(token)
      else if (verdict === 'live' || active === 'live') throw new Error('verify and introspect do not agree at rest')
    }
    client.close()
  }
  await Promise.all(Array.from({ length: 4 }, lane))
  return live
}
