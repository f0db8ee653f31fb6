// Finds the last use of each credential. A use in a token request is recorded only in the issuance history of the slot.
// All other uses are recorded in rows.
import type { DatabaseSync } from 'node:sqlite'
import { kindOfCredential } from '../../domain/credential.ts'
import type { ReadName } from '../../rows/commands.ts'
import type { Row, SqlValue } from '../../rows/disk.ts'
import {
  hasLastUseOfIntegrations,
  latestUses,
  withLaterUse,
  withUsesOfIntegration,
} from '../../rows/credential-uses.ts'
import type { CredentialUse } from '../../rows/issuance-history.ts'
import type { HistoryLog } from './history-log.ts'
import type { PreparedStatements } from './prepared-statements.ts'

const SLOTS_AFTER = `SELECT s.id, i.seq, h.issuances FROM slot AS s JOIN integration AS i USING (client_id)
  LEFT JOIN history AS h ON h.slot_id = s.id WHERE s.id > ? ORDER BY s.id LIMIT ?`
const OWNER = `SELECT i.seq FROM slot AS s JOIN integration AS i USING (client_id) WHERE s.id = ?`
const SEQ = `SELECT seq FROM integration WHERE client_id = ?`
const HISTORIES = `SELECT s.id, h.issuances FROM slot AS s LEFT JOIN history AS h ON h.slot_id = s.id WHERE s.client_id = ?`
const SECRET_USE = `UPDATE secret SET last_used_at = ?1, last_used_address = ?2, last_used_agent = ?3
  WHERE id = ?4 AND last_used_at <= ?1`
const CREDENTIAL_USE = SECRET_USE.replace('UPDATE secret', 'UPDATE credential')
const INTEGRATION_USE = `UPDATE integration SET last_used_at = ?1, last_used_address = ?2, last_used_agent = ?3
  WHERE client_id = (SELECT client_id FROM slot WHERE id = ?4) AND last_used_at <= ?1`

/** The number of slots that `readSome` reads in one call. Such a call takes about 2 ms, and commits wait for it. */
const SLOTS_AT_ONCE = 250

/**
 * Returns true for a read command that orders or counts integrations by their last use. Such a command needs the last
 * uses of all integrations.
 */
export const needsAllLastUses = (name: ReadName): boolean =>
  name === 'count_integrations' || name.startsWith('integrations_by_')

interface Parts {
  readonly statements: PreparedStatements
  readonly history: HistoryLog
  readonly atOnce: number | undefined
}

export class LastUses {
  readonly #history: HistoryLog
  readonly #statements: PreparedStatements
  /** For each integration, by its `seq`: the latest time of an issuance. 0 if the integration has had no issuance. */
  #latest = new Uint32Array(1024)
  /** For each slot, by its id: the `seq` of its integration. 0 if the integration is not known yet. */
  #owners = new Uint32Array(1024)
  /** The `seq` of each integration that the current transaction removes. A new integration may get the same `seq`. */
  #removed: number[] = []
  /** The slot id up to which the histories have been read. Undefined when all histories have been read. */
  #readTo: number | undefined = 0
  readonly #atOnce: number
  /** The issuances of the current transaction. */
  #issued: (readonly [slotId: number, at: number])[] = []

  /** @param atOnce the number of slots that one call of `readSome` reads */
  constructor(database: DatabaseSync, { statements, history, atOnce = SLOTS_AT_ONCE }: Parts) {
    this.#statements = statements
    this.#history = history
    this.#atOnce = atOnce
    // This function orders the lists, because the column `last_used_at` does not include the issuances in the
    // histories.
    database.function('last_used', { directOnly: true }, (seq, stored) => this.#timeOf(Number(seq), Number(stored)))
  }

  /**
   * Reads the histories of the next slots. The caller must not be in a transaction. Returns false when all histories
   * have been read.
   */
  readSome(): boolean {
    if (this.#readTo === undefined) return false
    const rows = this.#statements.get(SLOTS_AFTER).all(this.#readTo, this.#atOnce)
    for (const { id, seq, issuances } of rows) {
      this.#put(Number(id), Number(seq), this.#latestOrNone(Number(id), issuances as SqlValue))
    }
    this.#readTo = rows.length < this.#atOnce ? undefined : Number(rows.at(-1)?.['id'])
    return this.#readTo !== undefined
  }

  /** Prepares a read command: reads all remaining histories if the result of the command depends on them. */
  beforeRead(name: ReadName): void {
    if (needsAllLastUses(name)) while (this.readSome());
  }

  /** Reports that the current transaction is about to remove the integration. */
  remove(clientId: string): void {
    this.#removed.push(Number(this.#statements.get(SEQ).get(clientId)?.['seq'] ?? 0))
  }

  /** Reports an issuance of the current transaction. */
  issued(slotId: number, at: number): void {
    this.#issued.push([slotId, at])
  }

  /** Writes the uses of credentials that a history has dropped into rows, as a part of the current transaction. */
  write(slotId: number, uses: readonly CredentialUse[]): void {
    for (const { at, address, userAgent, credential } of uses) {
      const row = kindOfCredential(credential) === 'secret' ? SECRET_USE : CREDENTIAL_USE
      this.#statements.get(row).run(at, address, userAgent, credential)
      this.#statements.get(INTEGRATION_USE).run(at, address, userAgent, slotId)
    }
  }

  /** Reports that the current transaction was committed. */
  committed(): void {
    for (const seq of this.#removed) this.#latest[seq] = 0
    for (const [slotId, at] of this.#issued) this.#put(slotId, this.#owners[slotId] || this.#ownerOf(slotId), at)
    this.rolledBack()
  }

  rolledBack(): void {
    this.#removed = []
    this.#issued = []
  }

  /**
   * Returns the rows of a read command with the last use of each row: the use in the row or in the histories, whichever
   * is later.
   */
  decoded(name: ReadName, values: readonly SqlValue[], rows: readonly Row[]): readonly Row[] {
    if (name === 'secret_records_of' || name === 'credential_records_of') {
      const uses = this.#usesOf(values[0] ?? null)
      return rows.map((row) => withLaterUse(row, uses.get(String(row['id']))))
    }
    return hasLastUseOfIntegrations(name) ? rows.map((row) => this.ofIntegration(row)) : rows
  }

  ofIntegration(row: Row): Row {
    const slots = this.#historiesOf(row['client_id'] ?? null)
    const times = slots.map(({ id, issuances }) => this.#latestOrNone(Number(id), issuances as SqlValue))
    return withUsesOfIntegration(row, this.#usesIn(slots), Math.max(0, ...times))
  }

  ofSecret(row: Row): Row {
    return withLaterUse(row, this.#usesOf(row['client_id'] ?? null).get(String(row['id'])))
  }

  /** Returns the last use of each credential in the issuance histories of the client. */
  #usesOf(clientId: SqlValue): ReadonlyMap<string, CredentialUse> {
    return this.#usesIn(this.#historiesOf(clientId))
  }

  #usesIn(slots: readonly Row[]): ReadonlyMap<string, CredentialUse> {
    return latestUses(slots.flatMap(({ id, issuances }) => this.#history.usesOf(Number(id), issuances as SqlValue)))
  }

  #historiesOf(clientId: SqlValue): readonly Row[] {
    return this.#statements.get(HISTORIES).all(clientId) as unknown as readonly Row[]
  }

  /**
   * Returns the latest time of an issuance. Returns 0 for a damaged history: no decision depends on a history, so the
   * server can start in spite of the damage.
   */
  #latestOrNone(slotId: number, issuances: SqlValue): number {
    try {
      return this.#history.latestOf(slotId, issuances)
    } catch {
      return 0
    }
  }

  #timeOf(seq: number, stored: number): number {
    return Math.max(stored, this.#latest[seq] ?? 0)
  }

  /** Returns the `seq` of the integration to which the slot belongs. 0 if the slot was removed. */
  #ownerOf(slotId: number): number {
    return Number(this.#statements.get(OWNER).get(slotId)?.['seq'] ?? 0)
  }

  #put(slotId: number, seq: number, at: number): void {
    this.#owners = withRoom(this.#owners, slotId)
    this.#latest = withRoom(this.#latest, seq)
    this.#owners[slotId] = seq
    this.#latest[seq] = Math.max(this.#latest[seq] ?? 0, at)
  }
}

function withRoom(numbers: Uint32Array<ArrayBuffer>, index: number): Uint32Array<ArrayBuffer> {
  if (index < numbers.length) return numbers
  const larger = new Uint32Array(index * 2)
  larger.set(numbers)
  return larger
}
