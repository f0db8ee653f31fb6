// Reads which slots other replicas changed: every change that was committed before the reading began, once.
import type { Row } from '../../rows/disk.ts'
import { ANSWERED_BY, type PostgresDisk } from './postgres-disk.ts'

export interface Changes {
  /** Which server said so. */
  readonly place: string
  readonly started: string
  /** As they are now. */
  readonly slots: readonly Row[]
  readonly configuration: number
  readonly floor: number
  /** False when some may be missing: the log was shortened beyond where it was read last, or is another one. */
  readonly isWhole: boolean
  readonly reached: Reached
}

/** How far a log was read. */
export interface Reached {
  /** Which log: of this server, on this timeline, in this table. */
  readonly log: string
  readonly highest: number
  /**
   * The last change that was seen stays until every replica that keeps up has gone on; undefined while there was
   * none.
   */
  readonly last: number | undefined
  /** By number: the first transaction that began after the hole was seen. */
  readonly holes: ReadonlyMap<number, number>
}

/** Every number up to this one was seen, or will never be. */
export function lowWaterOf({ highest, holes }: Reached): number {
  let low = highest
  for (const hole of holes.keys()) low = Math.min(low, hole - 1)
  return low
}

/**
 * Numbers are drawn before they are committed: what is numbered lower may appear later. A number that was jumped over
 * is
 * remembered until it appears, or until no transaction of that time is left that could bring it.
 */
export class ChangeLog {
  readonly #disk: PostgresDisk
  /** Which server it was opened on. */
  readonly openedOn: Pick<Changes, 'place' | 'started'>
  #reached: Reached

  private constructor(disk: PostgresDisk, end: LogEnd & Pick<Changes, 'place' | 'started'>) {
    this.#disk = disk
    this.#reached = before(end)
    this.openedOn = end
  }

  /** From before anything that may be under way now. */
  static async open(disk: PostgresDisk): Promise<ChangeLog> {
    const [row] = await disk.ask('change_end', `SELECT ${END} AS end, ${SERVER}`, [])
    return new ChangeLog(disk, row as unknown as LogEnd & Pick<Changes, 'place' | 'started'>)
  }

  get reached(): Reached {
    return this.#reached
  }

  /** Reads on, and stays where it is: what was read may be worth nothing. */
  async read(): Promise<Changes> {
    const slots: Row[] = []
    for (let from = this.#reached; ;) {
      const { found, ...changes } = await this.#readPage(from)
      slots.push(...changes.slots)
      if (found < PAGE) return { ...changes, slots }
      from = changes.reached
    }
  }

  /** What was read up to here has been taken over. */
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

/** Is this another log than before, or was it shortened beyond where it was read last? */
function isCutOff({ log, last, highest }: Reached, found: Seen): boolean {
  if (log !== found.log) return true
  if (last !== undefined) return !found.lastIsThere
  // It was empty: the first number to come is known.
  return found.seqs.length > 0 && !found.seqs.includes(highest + 1)
}

interface Seen extends Pick<Found, 'log' | 'seqs'> {
  readonly lastIsThere: boolean
}

interface LogEnd {
  readonly log: string
  /** The highest number that can be seen; 0 when there is none. */
  readonly end: number
}

interface Found extends Omit<Changes, 'isWhole' | 'reached'>, LogEnd {
  readonly last_is_there: boolean
  readonly seqs: readonly number[]
  readonly xmin: number
  readonly xmax: number
}

/** More numbers than all replicas together can have drawn and not committed. */
const UNDER_WAY = 5000

/**
 * A page has an order and an end, so that it comes from the index. A plan that was made for a small table would fetch
 * all
 * that is left and sort it, page after page: a long statement, which keeps the dead rows of every table.
 */
const PAGE = 1000

const END = '(SELECT coalesce(max(seq), 0) FROM change)'

/**
 * Which server says it, and which log: a copy of the database has another log, and so has a table that was made
 * again.
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
