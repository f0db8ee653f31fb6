// The tables of a store and their columns, for a copy from one storage engine to another.
import type { EpochSeconds } from '../../domain/slot.ts'
import type { Row } from '../../rows/disk.ts'
import type { StoreState } from './restored-state.ts'

export interface Table {
  readonly name: string
  readonly columns: readonly string[]
}

const token = (prefix: 'live' | 'prev'): readonly string[] =>
  ['generation', 'jti', 'issued_at', 'expires_at', 'audience'].map((column) => `${prefix}_${column}`)

const LAST_USE = ['last_used_at', 'last_used_address', 'last_used_agent']

/**
 * The tables in the order in which a copy fills them. The rows of a table are copied in the order of their creation.
 */
export const TABLES: readonly Table[] = [
  { name: 'scope', columns: ['name', 'audience', 'audience_in_force', 'description', 'version'] },
  { name: 'api', columns: ['id', 'name', 'scope', 'description', 'routes', 'version'] },
  {
    name: 'integration',
    columns: [
      'id',
      'client_id',
      'name',
      'name_folded',
      'description',
      'tags',
      'enabled',
      'version',
      'resource_server_for',
      'renew_before',
      'grace',
      'conditional',
      'allowed_addresses',
      'created_at',
      'updated_at',
      ...LAST_USE,
      'mac',
    ],
  },
  { name: 'secret', columns: ['id', 'client_id', 'hash', 'sealed', 'ends_at', 'created_at', 'origin', ...LAST_USE] },
  { name: 'credential', columns: ['id', 'client_id', 'kind', 'detail', 'ends_at', 'created_at', ...LAST_USE] },
  { name: 'replay_window', columns: ['client_id', 'version', 'watermark', 'since', 'entries'] },
  {
    name: 'trusted_issuer',
    columns: ['id', 'name', 'url', 'detail', 'version', 'created_at', 'updated_at', 'mac'],
  },
  {
    name: 'slot',
    columns: [
      'id',
      'client_id',
      'scope',
      'granted',
      'open',
      'generation',
      'issuances',
      'revoked_generation',
      'superseded_generation',
      ...token('live'),
      ...token('prev'),
      'prev_until',
      'mac',
      'history',
    ],
  },
  {
    name: 'signing_key',
    columns: [
      'kid',
      'alg',
      'status',
      'public_jwk',
      'sealed_private',
      'created_at',
      'signs_from',
      'retired_at',
      'revoked_at',
      'accepted_until',
      'mac',
    ],
  },
  {
    name: 'admin_key',
    columns: [
      'id',
      'name',
      'role',
      'hash',
      'loopback_only',
      'created_at',
      'expires_at',
      'revoked_at',
      ...LAST_USE,
      'mac',
    ],
  },
  { name: 'audit', columns: ['seq', 'at', 'event', 'actor', 'target', 'record', 'mac'] },
  {
    name: 'audit_chain',
    columns: ['id', 'head_seq', 'head_mac', 'head_seal', 'checkpoint_seq', 'checkpoint_mac', 'checkpoint_seal'],
  },
  { name: 'idempotency', columns: ['key', 'request', 'made', 'created_at'] },
  {
    name: 'operator',
    columns: ['id', 'email', 'role', 'password_hash', 'disabled', 'version', 'created_at', 'last_sign_in_at', 'mac'],
  },
  {
    name: 'session',
    columns: ['id', 'hash', 'operator_id', 'created_at', 'last_seen_at', 'address', 'user_agent', 'mac'],
  },
  { name: 'set_up_link', columns: ['hash', 'operator_id', 'expires_at', 'mac'] },
  { name: 'activity_minute', columns: ['place', 'minute', 'counts'] },
]

/** The values of the row about the whole store. */
export interface StoreFacts {
  readonly canary: Uint8Array
  readonly floor: number
  /** The last generation floor that the audit trail has recorded. */
  readonly floorRecorded: number
  /** The reason for a higher floor as the JSON of a `RestoreNote`. Null if no reason is known. */
  readonly restoreNote: string | null
  readonly introduced: number
}

export type WriteRows = (table: Table, rows: readonly Row[]) => Promise<void>

/** A store that no server uses. A lock on the store keeps servers from starting. */
export interface OfflineStore {
  /** The facts about the store. Undefined if the store is empty. */
  readonly facts: StoreFacts | undefined
  count(table: Table): Promise<number>
  /** Yields all rows of a table, in pages. */
  rows(table: Table): AsyncIterable<readonly Row[]>
  state(now: EpochSeconds): Promise<StoreState>
  /**
   * Fills an empty store, or replaces its content. `put` writes the rows. Either all rows are written or no row is
   * written.
   */
  fill(facts: StoreFacts, put: (write: WriteRows) => Promise<void>): Promise<void>
  close(): Promise<void>
}
