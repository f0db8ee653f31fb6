// The feed events for all readers that may follow the same scopes. Each change of a slot (a client with a scope) is
// encoded once for all these readers.
import { hash } from 'node:crypto'
import { type FeedSlot, type FeedToken, type Scope, writeFeedEvent } from '@latchkey/protocol'
import { followedStanding } from '../../../domain/followed-slot.ts'
import type { RecordedToken } from '../../../domain/slot.ts'
import type { FollowedSlot, SlotChanges } from '../../../ports/slot-changes.ts'
import { cursorPrefix, readCursor, writeCursor } from './feed-cursor.ts'
import { Frame } from './frame.ts'
import { Snapshot, type SnapshotPorts } from './snapshot.ts'

export interface Delta {
  readonly position: number
  /**
   * The event with the changes up to `position`. Undefined if none of the changes concerns the scopes of the channel.
   */
  readonly frame: Frame | undefined
}

/** The largest number of changes in one event. Such an event has about 40 KB. */
const MOST_CHANGES = 500

export class FeedChannel {
  readonly scopes: readonly Scope[]
  readonly #changes: SlotChanges
  /** The index of each scope in `scopes`. Events name a scope by this number. */
  readonly #numbers: ReadonlyMap<string, number>
  readonly #prefix: string
  /**
   * The encoded changes that readers missed while they were away. Readers that reconnect at the same moment share them,
   * so that the server encodes them only once.
   */
  readonly #missed = new WeakMap<readonly FollowedSlot[], Frame | 'none'>()
  readonly #ports: SnapshotPorts
  #snapshot: { readonly snapshot: Snapshot; readers: number } | undefined
  #last: { readonly from: number; readonly delta: Delta } | undefined

  constructor(ports: SnapshotPorts, scopes: readonly Scope[]) {
    this.#ports = ports
    this.#changes = ports.changes
    this.scopes = scopes
    this.#numbers = new Map(scopes.map((scope, number) => [scope, number]))
    this.#prefix = cursorPrefix(scopes)
  }

  /**
   * Returns the cursor for a reader that has every change up to the position. Undefined while the server does not know
   * the feed position.
   */
  cursor(position: number): string | undefined {
    const place = this.#changes.feedPositionAt(position)
    return place === undefined ? undefined : writeCursor(this.#prefix, place)
  }

  place(cursor: string): string | undefined {
    return readCursor(this.#prefix, cursor)
  }

  /** Returns the event with the changes after the position. Undefined if the change buffer no longer has them. */
  after(position: number): Delta | undefined {
    if (position === this.#changes.position) return { position, frame: undefined }
    if (this.#last?.from === position) return this.#last.delta
    const piece = this.#changes.after(position, MOST_CHANGES)
    if (piece === undefined) return undefined
    const rows = this.#rows(piece.slots)
    const frame = rows.length === 0 ? undefined : Frame.of({ name: 'slot', rows }, this.cursor(piece.position))
    const delta = { position: piece.position, frame }
    this.#last = { from: position, delta }
    return delta
  }

  /**
   * Calls `read` with a snapshot. Shares the snapshot of other readers if it is recent enough, and otherwise makes a
   * new snapshot. Drops the snapshot when its last reader is done.
   */
  async withSnapshot<Value>(read: (snapshot: Snapshot) => Promise<Value>): Promise<Value> {
    const shared = this.#snapshot?.snapshot.isJoinable === true ? this.#snapshot : this.#newSnapshot()
    this.#snapshot = shared
    shared.readers++
    try {
      return await read(shared.snapshot)
    } finally {
      if (--shared.readers === 0 && this.#snapshot === shared) this.#snapshot = undefined
    }
  }

  /** Returns the event with changes that a reader missed while it was away. Undefined if none concerns the channel. */
  missed(slots: readonly FollowedSlot[]): Frame | undefined {
    const known = this.#missed.get(slots)
    if (known !== undefined) return known === 'none' ? undefined : known
    const rows = this.#rows(slots)
    const frame = rows.length === 0 ? undefined : Frame.of({ name: 'slot', rows })
    this.#missed.set(slots, frame ?? 'none')
    return frame
  }

  #newSnapshot(): { readonly snapshot: Snapshot; readers: number } {
    const snapshot = new Snapshot(this.#ports, (slots) => {
      const rows = this.#rows(slots)
      return rows.length === 0 ? undefined : writeFeedEvent({ name: 'slots', rows })
    })
    return { snapshot, readers: 0 }
  }

  #rows(slots: readonly FollowedSlot[]): readonly FeedSlot[] {
    return slots.flatMap((followed) => {
      if (followed.scope === undefined) return [...this.#numbers.values()].map((number) => rowOf(followed, number))
      const number = this.#numbers.get(followed.scope)
      return number === undefined ? [] : [rowOf(followed, number)]
    })
  }
}

function rowOf(followed: FollowedSlot, scope: number): FeedSlot {
  const { clientId, slot } = followed
  if (slot === undefined) {
    const { generation } = followed
    return { clientId, scope, generation, standing: 'revoked', live: undefined, previous: undefined }
  }
  const { generation, live, predecessor } = slot
  return {
    ...{ clientId, scope, generation },
    standing: followedStanding(slot),
    live: live && tokenOf(live),
    previous: predecessor && { ...tokenOf(predecessor.token), until: predecessor.until },
  }
}

// The feed sends a hash of the jti in place of the jti. A reader hashes the jti of a token that it checks, and compares
// the two hashes.
const tokenOf = ({ generation, jti, expiresAt }: RecordedToken): FeedToken => ({
  ...{ generation, expiresAt },
  jtiHash: hash('sha256', jti, 'base64url'),
})
