// What all readers with the same scopes are sent: each change is encoded once for them.
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
  /** Undefined when nothing of it concerns these scopes. */
  readonly frame: Frame | undefined
}

/** Changes to an event: some 40 KB. */
const MOST_CHANGES = 500

export class FeedChannel {
  readonly scopes: readonly Scope[]
  readonly #changes: SlotChanges
  /** As the feed names them: by their number among the channel's. */
  readonly #numbers: ReadonlyMap<string, number>
  readonly #prefix: string
  /** Of those who came back, by their pieces: who comes in the same moment gets the same ones. */
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

  /** Where to go on for who has everything up to the position; undefined while that is not known. */
  cursor(position: number): string | undefined {
    const place = this.#changes.placeAt(position)
    return place === undefined ? undefined : writeCursor(this.#prefix, place)
  }

  place(cursor: string): string | undefined {
    return readCursor(this.#prefix, cursor)
  }

  /** Undefined when what came after the position is not known any more. */
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
   * Runs `read` with a snapshot: the one of other readers if it is recent enough, else a new one. A snapshot without
   * readers is dropped.
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

  /** A piece of what changed while somebody was away; undefined when nothing of it concerns these scopes. */
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

// A reader can tell whether a token that it holds is meant; the jti itself stays here.
const tokenOf = ({ generation, jti, expiresAt }: RecordedToken): FeedToken => ({
  ...{ generation, expiresAt },
  jtiHash: hash('sha256', jti, 'base64url'),
})
