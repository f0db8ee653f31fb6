// Reads which slots other replicas changed. Returns every change that was committed before the read exactly once.
import type { Row } from '../../rows/disk.ts'
import { ANSWERED_BY, type PostgresDisk } from './postgres-disk.ts'

export interface Changes {
  /** The store location and start time of the server that answered. */
  readonly place: string
  readonly started: string
  /** The present rows of the changed slots. */
  readonly slots: readonly Row[]
  readonly configuration: number
  readonly floor: number
  /** False if changes may be missing: the log was pruned past the last read, or the server has a different log. */
  readonly isWhole: boolean
  readonly reached: Reached
}

/** How far the log was read. */
export interface Reached {
  /** Identifies the log: the server, its timeline and the table. */
  readonly log: string
  readonly highest: number
  /**
   * The last change that was read. It is pruned last, so it shows whether changes were missed. Undefined if none was
   * read.
   */
  readonly last: number | undefined
  /** The missing numbers, each with the first transaction id that was assigned after the reader noticed the gap. */
  readonly holes: ReadonlyMap<number, number>
}

/** Returns the highest number up to which every change was seen or will never appear. */
export function lowWaterOf({ highest, holes }: Reached): number {
  let low = highest
  for (const hole of holes.keys()) low = Math.min(low, hole - 1)
  return low
}

/**
 * Reads the change log in order. A transaction draws its number before it commits, so a lower number may appear later.
 * The reader remembers each missing number until it appears, or until no running transaction can commit it.
 */
export class ChangeLog {
  readonly #disk: PostgresDisk
  /** The server on which the log was opened. */
  readonly openedOn: Pick<Changes, 'place' | 'started'>
  #reached: Reached

  private constructor(disk: PostgresDisk, end: LogEnd & Pick<Changes, 'place' | 'started'>) {
    this.#disk = disk
    this.#reached = before(end)
    this.openedOn = end
  }

  /** Opens the log at a point before every transaction that may still be in flight. */
  static async open(disk: PostgresDisk): Promise<ChangeLog> {
    const [row] = await disk.ask('change_end', `SELECT ${END} AS end, ${SERVER}`, [])
    return new ChangeLog(disk, row as unknown as LogEnd & Pick<Changes, 'place' | 'started'>)
  }

  get reached(): Reached {
    return this.#reached
  }

  /**
   * Reads the next changes. The position does not move until `goOnFrom`, because the server that answered may be an old
   * primary.
   */
  async read(): Promise<Changes> {
    const slots: Row[] = []
    for (let from = this.#reached; ;) {
      const { found, ...changes } = await this.#readPage(from)
      slots.push(...changes.slots)
      if (found < PAGE) return { ...changes, slots }
      from = changes.reached
    }
  }

  /** Moves the position, after the caller has applied the changes. */
  goOnFrom(reached: Reached): void {
    this.#reached = reached
  }

  async #readPage(from: Reached): Promise<Changes & { readonly found: number }> {
    const asked = [from.highest, [...from.holes.keys()], this.#disk.author, from.last ?? null]
    const [row] = await this.#disk.askUnprepared(CHANGES, asked)
    const { seqs, xmin, xmax, end, log, last_is_there: lastIsThere, ...changes } = row as unknown as Found
    if (isCutOff(from, { log, seqs, lastIsThere })) {
      return { ...changes, reached: before({ log, end }), isWhole: false, found: 0 }
    }
    const seen = new Set(seqs)
    const holes = new Map([...from.holes].filter(([seq, begun]) => !seen.has(seq) && xmin < begun))
    const highest = seqs.reduce((most, seq) => Math.max(most, seq), from.highest)
    for (let seq = from.highest + 1; seq < highest; seq++) if (!seen.has(seq)) holes.set(seq, xmax)
    const reached = { log, highest, holes, last: seqs.length > 0 ? highest : from.last }
    return { ...changes, reached, isWhole: true, found: seqs.length }
  }
}

const before = ({ log, end }: LogEnd): Reached => ({
  log,
  highest: Math.max(0, end - UNDER_WAY),
  last: end > 0 ? end : undefined,
  holes: new Map(),
})

/** True if this is a different log, or if it was pruned past the last read. */
function isCutOff({ log, last, highest }: Reached, found: Seen): boolean {
  if (log !== found.log) return true
  if (last !== undefined) return !found.lastIsThere
  // The log was empty, so the first number is known.
  return found.seqs.length > 0 && !found.seqs.includes(highest + 1)
}

interface Seen extends Pick<Found, 'log' | 'seqs'> {
  readonly lastIsThere: boolean
}

interface LogEnd {
  readonly log: string
  /** The highest number that is visible. 0 for an empty log. */
  readonly end: number
}

interface Found extends Omit<Changes, 'isWhole' | 'reached'>, LogEnd {
  readonly last_is_there: boolean
  readonly seqs: readonly number[]
  readonly xmin: number
  readonly xmax: number
}

/** More numbers than all replicas together can draw before they commit. */
const UNDER_WAY = 5000

/**
 * Changes per page. Order and limit make PostgreSQL read a page from the index. Without them, a plan for a small table
 * would fetch and sort all remaining rows for each page. Such a long statement would keep PostgreSQL from removing the
 * dead rows of any table.
 */
const PAGE = 1000

const END = '(SELECT coalesce(max(seq), 0) FROM change)'

/** Columns that identify the server and the log. A copied database and a recreated table each have a different log. */
export const SERVER = `${ANSWERED_BY},
    concat_ws(':', place(), (SELECT oid FROM pg_database WHERE datname = current_database()), 'change'::regclass::oid)
      AS log`

const CHANGES = `WITH found AS MATERIALIZED (
    (SELECT seq, slot_id, replica FROM change WHERE seq > $1 ORDER BY seq LIMIT ${String(PAGE)})
    UNION ALL SELECT seq, slot_id, replica FROM change WHERE seq = ANY ($2::bigint[]))
  SELECT (SELECT coalesce(jsonb_agg(seq), '[]') FROM found) AS seqs,
    (SELECT coalesce(jsonb_agg(to_jsonb(s)), '[]') FROM slot_state s
      WHERE s.id IN (SELECT slot_id FROM found WHERE replica IS DISTINCT FROM $3::text)) AS slots,
    (SELECT configuration FROM store) AS configuration, (SELECT floor FROM store) AS floor, ${SERVER},
    ${END} AS end, EXISTS (SELECT 1 FROM change WHERE seq = $4) AS last_is_there,
    pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS xmin,
    pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS xmax`
