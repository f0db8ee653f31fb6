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
}

/**
 * Numbers are drawn before they are committed: what is numbered lower may appear later. A number that was jumped over is
 * remembered until it appears, or until no transaction of that time is left that could bring it.
 */
export class ChangeLog {
  readonly #disk: PostgresDisk
  #highest: number
  /** By number: the first transaction that began after the hole was seen. */
  readonly #holes = new Map<number, number>()

  private constructor(disk: PostgresDisk, highest: number) {
    this.#disk = disk
    this.#highest = highest
  }

  /** From before anything that may be under way now. */
  static async open(disk: PostgresDisk): Promise<ChangeLog> {
    const [row] = await disk.ask('change_end', 'SELECT coalesce(max(seq), 0) AS seq FROM change', [])
    return new ChangeLog(disk, Math.max(0, Number(row?.['seq'] ?? 0) - UNDER_WAY))
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
    const [row] = await this.#disk.ask('changes', CHANGES, [this.#highest, [...this.#holes.keys()], this.#disk.author])
    const { seqs, xmin, xmax, ...changes } = row as unknown as Found
    const seen = new Set(seqs)
    for (const [seq, begun] of this.#holes) if (seen.has(seq) || xmin >= begun) this.#holes.delete(seq)
    const highest = seqs.reduce((most, seq) => Math.max(most, seq), this.#highest)
    for (let seq = this.#highest + 1; seq < highest; seq++) if (!seen.has(seq)) this.#holes.set(seq, xmax)
    this.#highest = highest
    return { ...changes, found: seqs.length }
  }
}

interface Found extends Changes {
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
    (SELECT configuration FROM store) AS configuration, place() AS place,
    to_jsonb(pg_postmaster_start_time()) #>> '{}' AS started,
    pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS xmin,
    pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS xmax`
