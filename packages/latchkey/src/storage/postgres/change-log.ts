// Reads which slots other replicas changed: every change that was committed before the reading began, once.
import type { Row } from '../disk.ts'
import type { PostgresDisk } from './postgres-disk.ts'

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
}

/**
 * Numbers are drawn before they are committed: what is numbered lower may appear later. A number that was jumped over is
 * remembered until it appears, or until no transaction of that time is left that could bring it.
 */
export class ChangeLog {
  readonly #disk: PostgresDisk
  #place = ''
  #highest = 0
  /** The last change that was seen stays until every replica that keeps up has gone on; undefined while there was none. */
  #last: number | undefined
  /** By number: the first transaction that began after the hole was seen. */
  readonly #holes = new Map<number, number>()

  private constructor(disk: PostgresDisk, end: LogEnd) {
    this.#disk = disk
    this.#beginBefore(end)
  }

  /** From before anything that may be under way now. */
  static async open(disk: PostgresDisk): Promise<ChangeLog> {
    const [row] = await disk.ask('change_end', 'SELECT coalesce(max(seq), 0) AS end, place() AS place FROM change', [])
    return new ChangeLog(disk, row as unknown as LogEnd)
  }

  get highest(): number {
    return this.#highest
  }

  async read(): Promise<Changes> {
    const slots: Row[] = []
    for (;;) {
      const { found, ...changes } = await this.#readPage()
      slots.push(...changes.slots)
      if (found < PAGE) return { ...changes, slots }
    }
  }

  async #readPage(): Promise<Changes & { readonly found: number }> {
    const asked = [this.#highest, [...this.#holes.keys()], this.#disk.author, this.#last ?? null]
    const [row] = await this.#disk.ask('changes', CHANGES, asked)
    const { seqs, xmin, xmax, end, last_is_there, ...changes } = row as unknown as Found
    const { place } = changes
    if (this.#isCutOff({ place, seqs, last_is_there })) {
      this.#beginBefore({ place, end })
      return { ...changes, isWhole: false, found: 0 }
    }
    const seen = new Set(seqs)
    for (const [seq, begun] of this.#holes) if (seen.has(seq) || xmin >= begun) this.#holes.delete(seq)
    const highest = seqs.reduce((most, seq) => Math.max(most, seq), this.#highest)
    for (let seq = this.#highest + 1; seq < highest; seq++) if (!seen.has(seq)) this.#holes.set(seq, xmax)
    if (seqs.length > 0) this.#last = highest
    this.#highest = highest
    return { ...changes, isWhole: true, found: seqs.length }
  }

  #beginBefore({ place, end }: LogEnd): void {
    this.#place = place
    this.#highest = Math.max(0, end - UNDER_WAY)
    this.#last = end > 0 ? end : undefined
    this.#holes.clear()
  }

  /** Is this another log than before, or was it shortened beyond where it was read last? */
  #isCutOff({ place, seqs, last_is_there }: Pick<Found, 'place' | 'seqs' | 'last_is_there'>): boolean {
    if (this.#place !== place) return true
    if (this.#last !== undefined) return !last_is_there
    // It was empty: the first number to come is known.
    return seqs.length > 0 && !seqs.includes(this.#highest + 1)
  }
}

interface LogEnd {
  readonly place: string
  /** The highest number that can be seen; 0 when there is none. */
  readonly end: number
}

interface Found extends Omit<Changes, 'isWhole'>, LogEnd {
  readonly last_is_there: boolean
  readonly seqs: readonly number[]
  readonly xmin: number
  readonly xmax: number
}

/** More numbers than all replicas together can have drawn and not committed. */
const UNDER_WAY = 5000

/** A page has an order and an end, so that it comes from the index, however large the table and whatever is known of it. */
const PAGE = 1000

const CHANGES = `WITH found AS MATERIALIZED (
    (SELECT seq, slot_id, replica FROM change WHERE seq > $1 ORDER BY seq LIMIT ${String(PAGE)})
    UNION ALL SELECT seq, slot_id, replica FROM change WHERE seq = ANY ($2::bigint[]))
  SELECT (SELECT coalesce(jsonb_agg(seq), '[]') FROM found) AS seqs,
    (SELECT coalesce(jsonb_agg(to_jsonb(s)), '[]') FROM slot s
      WHERE s.id IN (SELECT slot_id FROM found WHERE replica IS DISTINCT FROM $3::text)) AS slots,
    (SELECT configuration FROM store) AS configuration, (SELECT floor FROM store) AS floor, place() AS place,
    (SELECT coalesce(max(seq), 0) FROM change) AS end, EXISTS (SELECT 1 FROM change WHERE seq = $4) AS last_is_there,
    to_jsonb(pg_postmaster_start_time()) #>> '{}' AS started,
    pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS xmin,
    pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS xmax`
