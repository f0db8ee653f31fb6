// The changes that a catch-up query has found, in pieces. All readers that wait for the query share these pieces.
import type { Scope } from '@latchkey/protocol'
import type { FollowedSlot, LostFeedPosition, Missed } from '../../ports/slot-changes.ts'
import type { BufferedChanges } from '../../state/feed-positions.ts'
import type { Changes } from './change-log.ts'
import { eraOf, type FeedPosition } from './feed-position.ts'

/**
 * A changed slot. `number` is the number of the change in the change log, or the version of the configuration that
 * created the slot. Lists are sorted by `number`.
 */
type Changed = readonly [number: number, clientId: string, scope: Scope]
type Removed = readonly [configuration: number, clientId: string, generation: number]

export interface Found extends Pick<Changes, 'place' | 'started' | 'floor'> {
  readonly log: string
  /**
   * `oldest` is the number of the first change in the log, and `newest` the number of the last change. Both are 0 for
   * an empty log.
   */
  readonly oldest: number
  readonly newest: number
  readonly changed: readonly Changed[]
  readonly configured: readonly Changed[]
  readonly removed: readonly Removed[]
}

/** The number of slots in a piece. It takes half a millisecond to make a piece. */
const PIECE = 250

export interface CatchUpAnswerParts {
  readonly found: Found
  /** The largest number of rows of each kind that the query returns. */
  readonly most: number
  /** The position in this process from which a reader continues. */
  readonly position: number
  readonly stateOf: BufferedChanges['stateOf']
}

export class CatchUpAnswer {
  readonly #found: Found
  readonly #most: number
  readonly #position: number
  readonly #pieces: readonly Piece[]

  constructor({ found, most, position, stateOf }: CatchUpAnswerParts) {
    this.#found = found
    this.#most = most
    this.#position = position
    const stateNow = ([, clientId, scope]: Changed) => stateOf({ clientId, scope, removedAt: 0 })
    this.#pieces = [
      // Removals come before the present states of slots, because a removed client ID may have been created again.
      ...cut(found.removed, removal).map((piece) => ({ ...piece, by: 'configuration' as const })),
      ...cut(found.configured, stateNow).map((piece) => ({ ...piece, by: 'configuration' as const })),
      ...cut(found.changed, stateNow).map((piece) => ({ ...piece, by: 'lowWater' as const })),
    ]
  }

  /**
   * Returns all changes after the feed position in pieces, or the reason why the server cannot continue from this
   * position. The first pieces may also contain earlier changes.
   */
  since(from: FeedPosition): Missed | LostFeedPosition {
    if (from.era !== eraOf(this.#found)) return 'unknown'
    if (this.#isTooOld(from)) return 'too_old'
    return { position: this.#position, pieces: slotsOf(this.#pieces.filter(({ by, last }) => last > from[by])) }
  }

  #isTooOld({ lowWater, configuration }: FeedPosition): boolean {
    const { oldest, newest, configured, removed } = this.#found
    // Pruning removes the changes with the lowest numbers first. If a change at or below the position is still in the
    // log, the log also has every later change.
    const isPruned = oldest > Math.max(lowWater, 1)
    const isCutShort = (rows: readonly (Changed | Removed)[]): boolean =>
      rows.length === this.#most && configuration < (rows[0]?.[0] ?? 0)
    return isPruned || newest - lowWater > this.#most || isCutShort(configured) || isCutShort(removed)
  }
}

interface Piece {
  readonly by: 'lowWater' | 'configuration'
  /** The highest number of a change in the piece. */
  readonly last: number
  /** Returns the slots of the piece in their state at the first call. */
  readonly slots: () => readonly FollowedSlot[]
}

function* slotsOf(pieces: readonly Piece[]): Generator<readonly FollowedSlot[]> {
  for (const { slots } of pieces) yield slots()
}

function cut<Row extends Changed | Removed>(
  rows: readonly Row[],
  read: (row: Row) => readonly FollowedSlot[],
): readonly Omit<Piece, 'by'>[] {
  return Array.from({ length: Math.ceil(rows.length / PIECE) }, (_, index) => {
    const piece = rows.slice(index * PIECE, (index + 1) * PIECE)
    let slots: readonly FollowedSlot[] | undefined
    return { last: piece.at(-1)?.[0] ?? 0, slots: () => (slots ??= piece.flatMap(read)) }
  })
}

const removal = ([, clientId, generation]: Removed): readonly FollowedSlot[] => [
  { clientId, scope: undefined, slot: undefined, generation },
]
