// Implements the port for slot changes. It lists the changes in the order in which they became visible in memory. A
// change becomes visible when it is durable.
import type { FollowedSlot, SlotChanges } from '../ports/slot-changes.ts'
import { ChangeBuffer, REMEMBERED_CHANGES, type SlotName } from '../state/change-buffer.ts'
import type { FeedPositionsOf } from '../state/feed-positions.ts'
import type { LiveState } from '../state/live-state.ts'

/** Lists the changes that happen after this call. Before this call, the caller must have read all slots into memory. */
export function storedSlotChanges(live: LiveState, feedPositionsOf: FeedPositionsOf): SlotChanges {
  const buffer = new ChangeBuffer(REMEMBERED_CHANGES)
  const listeners: (() => void)[] = []
  const add = (name: SlotName): void => {
    buffer.add(name)
    for (const listener of listeners) listener()
  }
  live.follow({
    changed: (clientId, scope) => {
      add({ clientId, scope, removedAt: 0 })
    },
    removed: (clientId, scope, generation) => {
      add({ clientId, scope, removedAt: generation })
    },
  })
  const feedPositions = feedPositionsOf({ buffer, stateOf: (name) => stateOf(live, name) })
  return {
    get position() {
      return buffer.position
    },
    certificate: () => feedPositions.certificate(),
    after: (position, most) => {
      const found = buffer.after(position, most)
      if (found === undefined) return undefined
      return { position: found.position, slots: found.names.flatMap((name) => stateOf(live, name)) }
    },
    all: (most) => pieces(live, most),
    feedPositionAt: (position) => feedPositions.feedPositionAt(position),
    since: (feedPosition) => feedPositions.since(feedPosition),
    onChange: (listener) => {
      listeners.push(listener)
    },
  }
}

/**
 * Returns a list with the present state of the slot. The list is empty if the slot was removed after this change,
 * because the buffer then has a later entry for the removal.
 */
function stateOf(live: LiveState, { clientId, scope, removedAt }: SlotName): readonly FollowedSlot[] {
  // While the outcome of a commit is unknown, the last committed state is correct, because no caller has received an
  // answer that depends on the commit.
  const slot = live.committed(clientId)?.slots.find((candidate) => candidate.scope === scope)
  if (slot !== undefined) return [{ clientId, scope, slot }]
  return removedAt === 0 ? [] : [{ clientId, scope, slot: undefined, generation: removedAt }]
}

// The map may change while this loop runs. The iterator of a Map visits new entries and skips removed entries.
async function* pieces(live: LiveState, most: number): AsyncGenerator<readonly FollowedSlot[]> {
  let piece: FollowedSlot[] = []
  for (const [clientId, { slots }] of live.entries()) {
    for (const slot of slots) piece.push({ clientId, scope: slot.scope, slot })
    if (piece.length < most) continue
    yield piece
    piece = []
  }
  if (piece.length > 0) yield piece
}
