// The changes found by a catch-up, cut into pieces that serve every reader who missed a part of that time.
import type { Scope } from '@latchkey/protocol'
import type { FollowedSlot, LostPlace, Missed } from '../../ports/slot-changes.ts'
import type { RingOfChanges } from '../../state/feed-places.ts'
import type { Changes } from './change-log.ts'
import { eraOf, type FeedPosition } from './feed-position.ts'

/** Its number in the log, or the version of the configuration that made it; then whose it is. In the order of these. */
type Changed = readonly [number: number, clientId: string, scope: Scope]
type Removed = readonly [configuration: number, clientId: string, generation: number]

export interface Found extends Pick<Changes, 'place' | 'started' | 'floor'> {
  readonly log: string
  /** Numbers of the first and the last change that are there; 0 when there is none. */
  readonly oldest: number
  readonly newest: number
  readonly changed: readonly Changed[]
  readonly configured: readonly Changed[]
  readonly removed: readonly Removed[]
}

/** Half a millisecond's work. */
const PIECE = 250

export class CatchUpAnswer {
  readonly #found: Found
  readonly #most: number
  readonly #position: number
  readonly #pieces: readonly Piece[]

  /** @param most of each kind were asked for. */
  constructor(found: Found, most: number, position: number, { stateOf }: RingOfChanges) {
    this.#found = found
    this.#most = most
    this.#position = position
    const stateNow = ([, clientId, scope]: Changed) => stateOf({ clientId, scope, removedAt: 0 })
    this.#pieces = [
      // A client ID may have come back: its end is told before the state that it is in now.
      ...cut(found.removed, removal).map((piece) => ({ ...piece, by: 'configuration' as const })),
      ...cut(found.configured, stateNow).map((piece) => ({ ...piece, by: 'configuration' as const })),
      ...cut(found.changed, stateNow).map((piece) => ({ ...piece, by: 'lowWater' as const })),
    ]
  }

  since(from: FeedPosition): Missed | LostPlace {
    if (from.era !== eraOf(this.#found)) return 'unknown'
    if (this.#isTooOld(from)) return 'too_old'
    return { position: this.#position, pieces: slotsOf(this.#pieces.filter(({ by, last }) => last > from[by])) }
  }

  #isTooOld({ lowWater, configuration }: FeedPosition): boolean {
    const { oldest, newest, configured, removed } = this.#found
    // The lowest are removed first: where one at or below the place is left, all above it are.
    const isPruned = oldest > Math.max(lowWater, 1)
    const isCutShort = (rows: readonly (Changed | Removed)[]): boolean =>
      rows.length === this.#most && configuration < (rows[0]?.[0] ?? 0)
    return isPruned || newest - lowWater > this.#most || isCutShort(configured) || isCutShort(removed)
  }
}

interface Piece {
  readonly by: 'lowWater' | 'configuration'
  /** The highest number in it. */
  readonly last: number
  /** As they are when the first one asks. */
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
