// Reads from the change log which slots other replicas have changed. Returns each change that was committed before the
// read exactly once.
import type { Row } from '../../rows/disk.ts'
import { ANSWERED_BY, type PostgresDisk } from './postgres-disk.ts'

export interface Changes {
  /** The location of the database server that answered. `started` is the start time of this server. */
  readonly place: string
  readonly started: string
  /** The present rows of the slots that changed. */
  readonly slots: readonly Row[]
  readonly configuration: number
  readonly floor: number
  /**
   * False if changes may be missing, because the log was pruned beyond the last read or because the server has a
   * different log.
   */
  readonly isWhole: boolean
  readonly reached: Reached
}

/** The position up to which the log was read. */
export interface Reached {
  /** Identifies the log: the server, its timeline and the table. */
  readonly log: string
  readonly highest: number
  /**
   * The number of the last change that was read. Changes are pruned in the order of their numbers. So if this change is
   * still in the log, the reader has missed no change. Undefined if no change was read.
   */
  readonly last: number | undefined
  /**
   * The numbers below `highest` whose changes have not appeared yet. Each number is stored with the first transaction
   * id that was assigned after the reader noticed the gap.
   */
  readonly holes: ReadonlyMap<number, number>
}

/** Returns the highest number up to which every change was read or will never appear. */
export function lowWaterOf({ highest, holes }: Reached): number {
  let low = highest
  for (const hole of holes.keys()) low = Math.min(low, hole - 1)
  return low
}

/**
 * Reads the change log in order. A transaction draws the number of its change before it commits, so a lower number may
 * appear later than a higher number. The reader remembers each missing number until the number appears, or until no
 * running transaction can commit it.
 */
export class ChangeLog {
  readonly #disk: PostgresDisk
  /** The database server on which the log was opened. */
  readonly openedOn: Pick<Changes, 'place' | 'started'>
  #reached: Reached

  private constructor(disk: PostgresDisk, end: LogEnd & Pick<Changes, 'place' | 'started'>) {
    this.#disk = disk
    this.#reached = before(end)
    this.openedOn = end
  }

  /** Opens the log at a position before every transaction that may still be in flight. */
  static async open(disk: PostgresDisk): Promise<ChangeLog> {
    const [row] = await disk.ask('change_end', `SELECT ${END} AS end, ${SERVER}`, [])
    return new ChangeLog(disk, row as unknown as LogEnd & Pick<Changes, 'place' | 'started'>)
  }

  get reached(): Reached {
    return this.#reached
  }

  /**
   * Reads the next changes. Only `goOnFrom` moves the position, because the server that answered may be an old primary.
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

  /** Moves the position after the caller has applied the changes. */
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

/** Returns true if the server has a different log, or if the log was pruned beyond the last read. */
function isCutOff({ log, last, highest }: Reached, found: Seen): boolean {
  if (log !== found.log) return true
  if (last !== undefined) return !found.lastIsThere
  // The log was empty at the last read, so the number of the next change is known.
  return found.seqs.length > 0 && !found.seqs.includes(highest + 1)
}

interface Seen extends Pick<Found, 'log' | 'seqs'> {
  readonly lastIsThere: boolean
}

interface LogEnd {
  readonly log: string
  /** The highest visible number. 0 for an empty log. */
  readonly end: number
}

interface Found extends Omit<Changes, 'isWhole' | 'reached'>, LogEnd {
  readonly last_is_there: boolean
  readonly seqs: readonly number[]
  readonly xmin: number
  readonly xmax: number
}

/**
 * An upper limit for the count of numbers that all replicas together have drawn for changes that are not committed yet.
 */
const UNDER_WAY = 5000

/**
 * The number of changes in a page. ORDER BY and LIMIT make PostgreSQL read a page from the index. Without them,
 * PostgreSQL might fetch and sort all remaining rows for each page, and such a long statement would keep PostgreSQL
 * from removing the dead rows of all tables.
 */
const PAGE = 1000

const END = '(SELECT coalesce(max(seq), 0) FROM change)'

/**
 * The columns that identify the database server and its log. A copy of a database has a different log, and so has a
 * database whose log table was created again.
 */
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
