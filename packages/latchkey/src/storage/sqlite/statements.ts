// The SQL statements of the embedded store, by the command names that both engines share.
import { REFUSAL_EVENTS } from '../../domain/audit-event.ts'
import { ATTENTION_FIRST, COUNTED_KINDS, UNUSED_MASK } from '../../rows/attention-masks.ts'
import type { ReadName, WriteName } from '../../rows/commands.ts'

/** The commands for rows of slots, which `SlotRows` carries out. */
export type SlotCommand =
  'insert_slot' | 'update_slot' | 'supersede' | 'put_history' | 'replace_history' | 'delete_histories' | 'seal_slot'

export const WRITES: Readonly<Record<Exclude<WriteName, SlotCommand>, string>> = {
  insert_integration: `INSERT INTO integration
    (id, client_id, name, name_folded, description, tags, enabled, version, resource_server_for, renew_before, grace,
     conditional, allowed_addresses, created_at, updated_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  update_integration: `UPDATE integration SET enabled = ?, version = ?, resource_server_for = ?, renew_before = ?,
    grace = ?, conditional = ?, allowed_addresses = ?, updated_at = ? WHERE client_id = ?`,
  update_profile: `UPDATE integration SET name = ?, name_folded = ?, description = ?, tags = ? WHERE client_id = ?`,
  note_integration_use: `UPDATE integration SET last_used_at = ?, last_used_address = ?, last_used_agent = ?
    WHERE client_id = ?`,
  note_secret_use: `UPDATE secret SET last_used_at = ?, last_used_address = ?, last_used_agent = ? WHERE id = ?`,
  insert_credential: `INSERT INTO credential (id, client_id, kind, detail, ends_at, created_at) VALUES (?, ?, ?, ?, ?, ?)`,
  update_credential: `UPDATE credential SET ends_at = ?, detail = ? WHERE id = ?`,
  delete_credential: `DELETE FROM credential WHERE id = ?`,
  delete_credentials: `DELETE FROM credential WHERE client_id = ?`,
  note_credential_use: `UPDATE credential SET last_used_at = ?, last_used_address = ?, last_used_agent = ? WHERE id = ?`,
  insert_replay_window: `INSERT INTO replay_window (client_id, version, since) VALUES (?, ?, ?)
    ON CONFLICT (client_id) DO NOTHING`,
  put_replay_window: `UPDATE replay_window SET version = ?, watermark = ?, entries = ? WHERE client_id = ?`,
  delete_replay_window: `DELETE FROM replay_window WHERE client_id = ?`,
  delete_integration: `DELETE FROM integration WHERE client_id = ?`,
  insert_secret: `INSERT INTO secret (id, client_id, hash, sealed, ends_at, origin, created_at)
    VALUES (?, ?, ?, ?, ?, ?, ?)`,
  delete_secret: `DELETE FROM secret WHERE id = ?`,
  update_secret: `UPDATE secret SET ends_at = ?, hash = ? WHERE id = ?`,
  delete_secrets: `DELETE FROM secret WHERE client_id = ?`,
  erase_sealed_secrets: `UPDATE secret SET sealed = NULL WHERE sealed IS NOT NULL`,
  delete_slots: `DELETE FROM slot WHERE client_id = ?`,
  empty_slots_of_scope: `UPDATE slot SET state = emptied_slot(state), live_expires_at = NULL
    WHERE scope = ? AND live_expires_at IS NOT NULL`,
  insert_scope: `INSERT INTO scope (name, audience, audience_in_force, description) VALUES (?, ?, ?, ?)`,
  update_scope_audience: `UPDATE scope SET audience_in_force = ?, version = version + 1 WHERE name = ?`,
  update_scope: `UPDATE scope SET audience = ?, audience_in_force = ?, description = ?, version = ? WHERE name = ?`,
  delete_scope: `DELETE FROM scope WHERE name = ?`,
  insert_api: `INSERT INTO api (id, name, scope, description, routes, version) VALUES (?, ?, ?, ?, ?, ?)`,
  update_api: `UPDATE api SET name = ?, scope = ?, description = ?, routes = ?, version = ? WHERE id = ?`,
  delete_api: `DELETE FROM api WHERE id = ?`,
  delete_apis_of_scope: `DELETE FROM api WHERE scope = ?`,
  delete_signing_keys: `DELETE FROM signing_key`,
  insert_signing_key: `INSERT INTO signing_key (kid, alg, status, public_jwk, sealed_private, created_at,
    signs_from, retired_at, revoked_at, accepted_until) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  insert_admin_key: `INSERT INTO admin_key (id, name, role, hash, loopback_only, created_at, expires_at)
    VALUES (?, ?, ?, ?, ?, ?, ?)`,
  revoke_admin_key: `UPDATE admin_key SET revoked_at = ? WHERE id = ?`,
  delete_admin_key: `DELETE FROM admin_key WHERE id = ?`,
  note_admin_key_use: `UPDATE admin_key SET last_used_at = ?, last_used_address = ?, last_used_agent = ? WHERE id = ?`,
  insert_audit: `INSERT INTO audit (seq, at, event, actor, target, record, mac) VALUES (?, ?, ?, ?, ?, ?, ?)`,
  put_audit_head: `INSERT INTO audit_chain
    (id, head_seq, head_mac, head_seal, checkpoint_seq, checkpoint_mac, checkpoint_seal) VALUES (1, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET head_seq = excluded.head_seq, head_mac = excluded.head_mac,
      head_seal = excluded.head_seal`,
  set_audit_checkpoint: `UPDATE audit_chain SET checkpoint_seq = ?, checkpoint_mac = ?, checkpoint_seal = ?
    WHERE id = 1`,
  delete_audit_up_to: `DELETE FROM audit WHERE seq <= ?`,
  insert_idempotency_record: `INSERT INTO idempotency (key, request, made, created_at) VALUES (?, ?, ?, ?)`,
  delete_idempotency_record: `DELETE FROM idempotency WHERE key = ?`,
  put_operator: `INSERT INTO operator
    (id, email, role, password_hash, disabled, version, created_at, last_sign_in_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET role = excluded.role, password_hash = excluded.password_hash,
      disabled = excluded.disabled, version = excluded.version, last_sign_in_at = excluded.last_sign_in_at`,
  delete_operator: `DELETE FROM operator WHERE id = ?`,
  put_trusted_issuer: `INSERT INTO trusted_issuer (id, name, url, detail, version, created_at, updated_at)
    VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET name = excluded.name, url = excluded.url,
    detail = excluded.detail, version = excluded.version, updated_at = excluded.updated_at`,
  delete_trusted_issuer: `DELETE FROM trusted_issuer WHERE id = ?`,
  insert_session: `INSERT INTO session (id, hash, operator_id, created_at, last_seen_at, address, user_agent)
    VALUES (?, ?, ?, ?, ?, ?, ?)`,
  note_session_use: `UPDATE session SET last_seen_at = ? WHERE id = ?`,
  delete_session: `DELETE FROM session WHERE id = ?`,
  insert_set_up_link: `INSERT INTO set_up_link (hash, operator_id, expires_at) VALUES (?, ?, ?)`,
  delete_set_up_link: `DELETE FROM set_up_link WHERE hash = ?`,
  seal_integration: `UPDATE integration SET mac = ? WHERE client_id = ?`,
  seal_operator: `UPDATE operator SET mac = ? WHERE id = ?`,
  seal_session: `UPDATE session SET mac = ? WHERE id = ?`,
  seal_set_up_link: `UPDATE set_up_link SET mac = ? WHERE hash = ?`,
  seal_admin_key: `UPDATE admin_key SET mac = ? WHERE id = ?`,
  seal_signing_key: `UPDATE signing_key SET mac = ? WHERE kid = ?`,
  seal_trusted_issuer: `UPDATE trusted_issuer SET mac = ? WHERE id = ?`,
  put_first_activity_minute: `INSERT INTO activity_minute (place, minute, counts) VALUES (-1, ?, '{}')
    ON CONFLICT (place) DO NOTHING`,
  put_activity_minute: `INSERT INTO activity_minute (place, minute, counts) VALUES (?, ?, ?)
    ON CONFLICT (place) DO UPDATE SET minute = excluded.minute, counts = CASE minute
      WHEN excluded.minute THEN json_patch(counts, excluded.counts) ELSE excluded.counts END`,
  set_canary: `UPDATE store SET canary = ?, introduced = 0 WHERE id = 1`,
  replace_canary: `UPDATE store SET canary = ? WHERE id = 1`,
  mark_introduced: `UPDATE store SET introduced = 1 WHERE id = 1`,
  // The test write for readiness. It writes about as many pages as a commit of tokens, so that it fails if the disk has
  // no space for such a commit. The bytes are random, because SQLite does not write unchanged content.
  probe: `UPDATE store SET probe = randomblob(32768) WHERE id = 1`,
  record_floor: `UPDATE store SET floor_recorded = ?, put_back = NULL WHERE id = 1`,
  mark_clean: `UPDATE store SET clean = ? WHERE id = 1`,
}

const REFUSALS = REFUSAL_EVENTS.map((event) => `'${event}'`).join(', ')

const AUDIT_FILTER = `(?1 IS NULL OR seq < ?1) AND (?2 IS NULL OR event = ?2) AND (?3 IS NULL OR actor = ?3)
  AND (?4 IS NULL OR target = ?4) AND (?5 IS NULL OR at >= ?5) AND (?6 IS NULL OR at < ?6)
  AND (?7 IS NULL OR (event IN (${REFUSALS})) = ?7)`

// ?1: part of a name or tag in lower case. ?2: the beginning of a client ID, or part of a tag as it is written. ?3:
// enabled. ?4: a granted scope. lower() changes only ASCII letters, so a tag with other letters is found only by ?2.
const INTEGRATION_FILTER = `(?1 IS NULL OR instr(name_folded, ?1) > 0 OR substr(client_id, 1, length(?2)) = ?2
    OR instr(lower(tags), ?1) > 0 OR instr(tags, ?2) > 0)
  AND (?3 IS NULL OR enabled = ?3) AND (?4 IS NULL OR EXISTS
    (SELECT 1 FROM slot WHERE slot.client_id = integration.client_id AND slot.scope = ?4 AND slot.granted = 1))`

// ?5: the attention masks by client ID. ?6: the time before which a last use means `unused`. ?7: the mask to filter by.
// The table is materialized, because SQLite then makes an index for it.
const MASKS = `WITH present AS MATERIALIZED (SELECT key, value AS mask FROM json_each(?5))`
const INTEGRATIONS_WITH_ATTENTION = `(SELECT integration.*, last_used(seq, last_used_at) AS used_at,
    coalesce(present.mask, 0) | iif(enabled = 1 AND max(last_used(seq, last_used_at), created_at) < ?6, ${String(UNUSED_MASK)}, 0)
      AS attention
    FROM integration LEFT JOIN present ON present.key = integration.client_id) AS integration`
const ATTENTION_FILTER = `(?7 IS NULL OR (attention & ?7) <> 0)`

const ATTENTION_ORDER = `(attention <> 0) * ${String(ATTENTION_FIRST)} + used_at`

/**
 * Returns the statement for a list. ?8 and ?9 are the position at the end of the previous page, and ?10 is the page
 * size. `seq` orders rows with equal values.
 */
const integrationList = (column: string, direction: 'ASC' | 'DESC') =>
  `${MASKS} SELECT *, ${ATTENTION_ORDER} AS attention_order FROM ${INTEGRATIONS_WITH_ATTENTION}
    WHERE ${INTEGRATION_FILTER} AND ${ATTENTION_FILTER}
    AND (?8 IS NULL OR (${column}, seq) ${direction === 'ASC' ? '>' : '<'} (?8, ?9))
    ORDER BY ${column} ${direction}, seq ${direction} LIMIT ?10`

const integrationLists = {
  integrations_by_created: integrationList('seq', 'ASC'),
  'integrations_by_-created': integrationList('seq', 'DESC'),
  integrations_by_name: integrationList('name_folded', 'ASC'),
  'integrations_by_-name': integrationList('name_folded', 'DESC'),
  integrations_by_last_used: integrationList('used_at', 'ASC'),
  'integrations_by_-last_used': integrationList('used_at', 'DESC'),
  integrations_by_attention: integrationList(ATTENTION_ORDER, 'DESC'),
}

// The columns that a start reads. Binary values are in hexadecimal digits, because both threads process a text faster
// than a buffer.
const LOADED_INTEGRATION = `seq, client_id, enabled, version, resource_server_for, renew_before, grace,
  conditional, allowed_addresses, lower(hex(mac)) AS mac`

/** The columns of a slot without its history, which only the read command `history` returns. */
const SLOT = 's.id, s.client_id, s.scope, s.granted, s.open, s.state'

export const READS: Readonly<Record<ReadName, string>> = {
  store: `SELECT canary, clean, floor FROM store WHERE id = 1`,
  floor: `SELECT floor, floor_recorded, put_back FROM store WHERE id = 1`,
  introduced: `SELECT introduced FROM store WHERE id = 1`,
  scopes: `SELECT name, audience, audience_in_force, description, version FROM scope ORDER BY name`,
  apis: `SELECT id, name, scope, description, routes, version FROM api ORDER BY rowid`,
  integrations: `SELECT ${LOADED_INTEGRATION} FROM integration WHERE seq > ? ORDER BY seq LIMIT ?`,
  integration_by_id: `SELECT * FROM integration WHERE id = ?`,
  integration_by_client_id: `SELECT * FROM integration WHERE client_id = ?`,
  secret_records_of: `SELECT id, ends_at, origin, created_at, sealed IS NOT NULL AS is_sealed,
    last_used_at, last_used_address, last_used_agent FROM secret WHERE client_id = ? ORDER BY created_at, rowid`,
  sealed_secrets: `SELECT count(*) AS n FROM secret WHERE sealed IS NOT NULL`,
  sealed_secret: `SELECT sealed FROM secret WHERE id = ? AND client_id = ?`,
  secrets_of: `SELECT id, client_id, hash, ends_at FROM secret WHERE client_id = ? ORDER BY rowid`,
  credentials_of: `SELECT id, client_id, kind, detail, ends_at FROM credential WHERE client_id = ? ORDER BY rowid`,
  credential_records_of: `SELECT * FROM credential WHERE client_id = ? ORDER BY rowid`,
  credentials_after: `SELECT rowid AS ord, id, client_id, kind, detail, ends_at FROM credential WHERE rowid > ?
    ORDER BY rowid LIMIT ?`,
  replay_windows: `SELECT * FROM replay_window`,
  replay_window_of: `SELECT * FROM replay_window WHERE client_id = ?`,
  slots_of: `SELECT ${SLOT} FROM slot AS s WHERE client_id = ? ORDER BY id`,
  secrets_of_range: `SELECT s.id, s.client_id, hex(s.hash) AS hash, s.ends_at FROM secret s JOIN integration i USING (client_id)
    WHERE i.seq > ? AND i.seq <= ? ORDER BY s.rowid`,
  slots_after: `SELECT id, client_id, scope, granted, open, hex(state) AS state FROM slot WHERE id > ? ORDER BY id LIMIT ?`,
  highest_slot_id: `SELECT coalesce(max(id), 0) AS id FROM slot`,
  history: `SELECT s.id, h.issuances AS history FROM slot AS s LEFT JOIN history AS h ON h.slot_id = s.id WHERE s.id = ?`,
  live_slots: `SELECT s.id, s.client_id, s.scope, s.state, i.id AS integration_id, i.name AS integration_name
    FROM slot AS s JOIN integration AS i USING (client_id)
    WHERE s.live_expires_at > ?1 AND (?2 = 0 OR live_generation(s.state) > ?2) AND (s.live_expires_at, s.id) > (?3, ?4)
    ORDER BY s.live_expires_at, s.id LIMIT ?5`,
  audit_chain: `SELECT * FROM audit_chain`,
  audit_last: `SELECT seq FROM audit ORDER BY seq DESC LIMIT 1`,
  audit_from: `SELECT * FROM audit WHERE seq > ? ORDER BY seq LIMIT ?`,
  audit_page: `SELECT * FROM audit WHERE ${AUDIT_FILTER} ORDER BY seq DESC LIMIT ?8`,
  audit_count: `SELECT count(*) AS n FROM audit WHERE ${AUDIT_FILTER}`,
  // Reads the events before the first event that is recent enough to stay. If the clock was set back, an event after
  // this first event may be older than the limit. Such an event also stays, so that the trail has no gap.
  audit_before: `SELECT * FROM audit WHERE seq < coalesce((SELECT min(seq) FROM audit WHERE at >= ?), 9e15)
    ORDER BY seq LIMIT ?`,
  idempotency_records: `SELECT key, request, made, created_at FROM idempotency ORDER BY created_at, rowid`,
  integrations_matching: `SELECT * FROM integration WHERE name IN (SELECT value FROM json_each(?))
    UNION SELECT * FROM integration WHERE client_id IN (SELECT value FROM json_each(?))`,
  count_integrations: `${MASKS} SELECT enabled, total(${ATTENTION_FILTER}) AS n, total(attention <> 0) AS n_any,
    ${COUNTED_KINDS.map(({ column, mask }) => `total((attention & ${String(mask)}) <> 0) AS ${column}`).join(', ')}
    FROM ${INTEGRATIONS_WITH_ATTENTION} WHERE ${INTEGRATION_FILTER} GROUP BY enabled`,
  ...integrationLists,
  signing_keys: `SELECT kid, alg, status, public_jwk, sealed_private, created_at, signs_from, retired_at, revoked_at,
    accepted_until, mac FROM signing_key ORDER BY created_at, signs_from, kid`,
  admin_keys: `SELECT * FROM admin_key ORDER BY created_at, rowid`,
  trusted_issuers: `SELECT * FROM trusted_issuer ORDER BY rowid`,
  operators: `SELECT * FROM operator ORDER BY created_at, rowid`,
  sessions: `SELECT * FROM session ORDER BY created_at, rowid`,
  set_up_links: `SELECT * FROM set_up_link ORDER BY rowid`,
  activity_minutes: `SELECT place, minute, counts FROM activity_minute WHERE place = -1 OR minute >= ? ORDER BY place`,
}
