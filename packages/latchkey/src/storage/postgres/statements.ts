// The SQL statements of the PostgreSQL engine, by the command names that both engines share.
import { REFUSAL_EVENTS } from '../../domain/audit-event.ts'
import { ATTENTION_FIRST, COUNTED_KINDS, UNUSED_MASK } from '../../rows/attention-masks.ts'
import type { ReadName, WriteName } from '../../rows/commands.ts'
import type { Write } from '../../rows/disk.ts'

/**
 * The write commands that have no SQL statement here. The functions `commit_slot_batch` and `put_slots` carry them out.
 */
export type SlotWriteName = 'update_slot' | 'supersede' | 'put_history' | 'delete_histories'

/** Matches the placeholder of the next value: `:t` for a text, `:n` for a number, `:b` for bytes. */
const VALUE = /:([tnb])\b/g

/** Returns the statement in the form that `run_all` needs: `$1` is a JSON array of all values. */
function withValues(sql: string): string {
  let index = 0
  return sql.replace(VALUE, (_, kind: string) => {
    const value = `($1->>${String(index++)})`
    return kind === 'n' ? `${value}::bigint` : kind === 'b' ? `decode(${value}, 'hex')` : value
  })
}

const EMPTY = `live_generation = NULL, live_jti = NULL, live_issued_at = NULL, live_expires_at = NULL,
  live_audience = NULL, prev_generation = NULL, prev_jti = NULL, prev_issued_at = NULL, prev_expires_at = NULL,
  prev_audience = NULL, prev_until = NULL, mac = NULL`

/** The commands for last uses. One statement writes many last uses. */
export type NoteName =
  'note_integration_use' | 'note_secret_use' | 'note_credential_use' | 'note_admin_key_use' | 'note_session_use'

const texts: Readonly<Record<Exclude<WriteName, SlotWriteName | NoteName>, string>> = {
  insert_integration: `INSERT INTO integration
    (id, client_id, name, name_folded, description, tags, enabled, version, resource_server_for, renew_before, grace,
     conditional, allowed_addresses, created_at, updated_at)
    VALUES (:t, :t, :t, :t, :t, :t, :n, :n, :t, :n, :n, :n, :t, :n, :n)`,
  update_integration: `UPDATE integration SET enabled = :n, version = :n, resource_server_for = :t, renew_before = :n,
    grace = :n, conditional = :n, allowed_addresses = :t, updated_at = :n WHERE client_id = :t`,
  update_profile: `UPDATE integration SET name = :t, name_folded = :t, description = :t, tags = :t WHERE client_id = :t`,
  insert_credential: `INSERT INTO credential (id, client_id, kind, detail, ends_at, created_at)
    VALUES (:t, :t, :t, :t, :n, :n)`,
  update_credential: `UPDATE credential SET ends_at = :n, detail = :t WHERE id = :t`,
  delete_credential: `DELETE FROM credential WHERE id = :t`,
  delete_credentials: `DELETE FROM credential WHERE client_id = :t`,
  insert_replay_window: `INSERT INTO replay_window (client_id, version, since) VALUES (:t, :n, :n)
    ON CONFLICT (client_id) DO NOTHING`,
  put_replay_window: `UPDATE replay_window SET version = :n, watermark = :n, entries = :b WHERE client_id = :t`,
  delete_replay_window: `DELETE FROM replay_window WHERE client_id = :t`,
  delete_integration: `DELETE FROM integration WHERE client_id = :t`,
  insert_secret: `INSERT INTO secret (id, client_id, hash, sealed, ends_at, origin, created_at)
    VALUES (:t, :t, :b, :b, :n, :t, :n)`,
  delete_secret: `DELETE FROM secret WHERE id = :t`,
  update_secret: `UPDATE secret SET ends_at = :n, hash = :b WHERE id = :t`,
  delete_secrets: `DELETE FROM secret WHERE client_id = :t`,
  erase_sealed_secrets: `UPDATE secret SET sealed = NULL WHERE sealed IS NOT NULL`,
  insert_slot: `INSERT INTO slot
    (granted, open, generation, issuances, revoked_generation, superseded_generation,
     live_generation, live_jti, live_issued_at, live_expires_at, live_audience,
     prev_generation, prev_jti, prev_issued_at, prev_expires_at, prev_audience, prev_until, id, client_id, scope, mac)
    VALUES (:n, :n, :n, :n, :n, :n, :n, :t, :n, :n, :t, :n, :t, :n, :n, :t, :n, :n, :t, :t, decode(:t, 'hex'))`,
  delete_slots: `DELETE FROM slot WHERE client_id = :t`,
  empty_slots_of_scope: `WITH emptied AS (
      UPDATE slot SET generation = generation + 1, revoked_generation = live_generation, ${EMPTY}
      WHERE scope = :t AND live_jti IS NOT NULL RETURNING id)
    INSERT INTO change (slot_id) SELECT id FROM emptied`,
  insert_scope: `INSERT INTO scope (name, audience, audience_in_force, description) VALUES (:t, :t, :t, :t)`,
  update_scope_audience: `UPDATE scope SET audience_in_force = :t, version = version + 1 WHERE name = :t`,
  update_scope: `UPDATE scope SET audience = :t, audience_in_force = :t, description = :t, version = :n
    WHERE name = :t`,
  delete_scope: `DELETE FROM scope WHERE name = :t`,
  insert_api: `INSERT INTO api (id, name, scope, description, routes, version) VALUES (:t, :t, :t, :t, :t, :n)`,
  update_api: `UPDATE api SET name = :t, scope = :t, description = :t, routes = :t, version = :n WHERE id = :t`,
  delete_api: `DELETE FROM api WHERE id = :t`,
  delete_apis_of_scope: `DELETE FROM api WHERE scope = :t`,
  delete_signing_keys: `DELETE FROM signing_key`,
  insert_signing_key: `INSERT INTO signing_key (kid, alg, status, public_jwk, sealed_private, created_at,
    signs_from, retired_at, revoked_at, accepted_until) VALUES (:t, :t, :t, :t, :b, :n, :n, :n, :n, :n)`,
  insert_admin_key: `INSERT INTO admin_key (id, name, role, hash, loopback_only, created_at, expires_at)
    VALUES (:t, :t, :t, :b, :n, :n, :n)`,
  revoke_admin_key: `UPDATE admin_key SET revoked_at = :n WHERE id = :t`,
  delete_admin_key: `DELETE FROM admin_key WHERE id = :t`,
  insert_audit: `INSERT INTO audit (seq, at, event, actor, target, record, mac)
    VALUES (:n, :n, :t, :t, :t, :t, :b)`,
  put_audit_head: `INSERT INTO audit_chain
    (id, head_seq, head_mac, head_seal, checkpoint_seq, checkpoint_mac, checkpoint_seal)
    VALUES (1, :n, :b, :b, :n, :b, :b)
    ON CONFLICT (id) DO UPDATE SET head_seq = excluded.head_seq, head_mac = excluded.head_mac,
      head_seal = excluded.head_seal`,
  set_audit_checkpoint: `UPDATE audit_chain SET checkpoint_seq = :n, checkpoint_mac = :b, checkpoint_seal = :b
    WHERE id = 1`,
  delete_audit_up_to: `DELETE FROM audit WHERE seq <= :n`,
  insert_idempotency_record: `INSERT INTO idempotency (key, request, made, created_at) VALUES (:t, :t, :t, :n)`,
  delete_idempotency_record: `DELETE FROM idempotency WHERE key = :t`,
  put_operator: `INSERT INTO operator
    (id, email, role, password_hash, disabled, version, created_at, last_sign_in_at)
    VALUES (:t, :t, :t, :t, :n, :n, :n, :n)
    ON CONFLICT (id) DO UPDATE SET role = excluded.role, password_hash = excluded.password_hash,
      disabled = excluded.disabled, version = excluded.version, last_sign_in_at = excluded.last_sign_in_at`,
  delete_operator: `DELETE FROM operator WHERE id = :t`,
  put_trusted_issuer: `INSERT INTO trusted_issuer (id, name, url, detail, version, created_at, updated_at)
    VALUES (:t, :t, :t, :t, :n, :n, :n) ON CONFLICT (id) DO UPDATE SET name = excluded.name, url = excluded.url,
    detail = excluded.detail, version = excluded.version, updated_at = excluded.updated_at`,
  delete_trusted_issuer: `DELETE FROM trusted_issuer WHERE id = :t`,
  insert_session: `INSERT INTO session (id, hash, operator_id, created_at, last_seen_at, address, user_agent)
    VALUES (:t, :b, :t, :n, :n, :t, :t)`,
  delete_session: `DELETE FROM session WHERE id = :t`,
  insert_set_up_link: `INSERT INTO set_up_link (hash, operator_id, expires_at) VALUES (:b, :t, :n)`,
  delete_set_up_link: `DELETE FROM set_up_link WHERE hash = :b`,
  replace_history: `UPDATE slot SET history = :b WHERE id = :n AND history = :b`,
  seal_slot: `UPDATE slot SET mac = decode(:t, 'hex') WHERE id = :n AND generation = :n AND mac IS NULL`,
  seal_integration: `UPDATE integration SET mac = :b WHERE client_id = :t`,
  seal_operator: `UPDATE operator SET mac = :b WHERE id = :t`,
  seal_session: `UPDATE session SET mac = :b WHERE id = :t`,
  seal_set_up_link: `UPDATE set_up_link SET mac = :b WHERE hash = :b`,
  seal_admin_key: `UPDATE admin_key SET mac = :b WHERE id = :t`,
  seal_signing_key: `UPDATE signing_key SET mac = :b WHERE kid = :t`,
  seal_trusted_issuer: `UPDATE trusted_issuer SET mac = :b WHERE id = :t`,
  put_first_activity_minute: `INSERT INTO activity_minute (place, minute, counts) VALUES (-1, :n, '{}')
    ON CONFLICT (place) DO NOTHING`,
  put_activity_minute: `INSERT INTO activity_minute AS kept (place, minute, counts) VALUES (:n, :n, :t)
    ON CONFLICT (place) DO UPDATE SET minute = excluded.minute, counts = CASE kept.minute
      WHEN excluded.minute THEN (kept.counts::jsonb || excluded.counts::jsonb)::text ELSE excluded.counts END`,
  set_canary: `UPDATE store SET canary = :b, introduced = 0 WHERE id = 1`,
  replace_canary: `UPDATE store SET canary = :b WHERE id = 1`,
  mark_introduced: `UPDATE store SET introduced = 1 WHERE id = 1`,
  probe: `UPDATE probe SET at = clock_timestamp() WHERE id = 1`,
  record_floor: `UPDATE store SET floor_recorded = :n, put_back = NULL WHERE id = 1`,
  mark_clean: `UPDATE store SET clean = :n WHERE id = 1`,
}

export const WRITES = Object.fromEntries(
  Object.entries(texts).map(([name, sql]) => [name, withValues(sql)]),
) as Readonly<typeof texts>

/** Returns a statement that writes last uses. If a batch has several uses of a row, writes the last one. */
const lastUse = (table: string, key: string): string =>
  `UPDATE ${table} AS used SET last_used_at = last.at, last_used_address = last.address, last_used_agent = last.agent
    FROM (SELECT DISTINCT ON (use->>3) use->>3 AS id, (use->>0)::bigint AS at, use->>1 AS address, use->>2 AS agent
      FROM jsonb_array_elements($1) WITH ORDINALITY AS noted (use, nth) ORDER BY use->>3, (use->>0)::bigint DESC, nth DESC)
      AS last
    WHERE used.${key} = last.id AND used.last_used_at <= last.at`

/** One statement for all last uses of each kind. Its `$1` is an array with the values of each use. */
export const NOTES: Readonly<Record<NoteName, string>> = {
  note_integration_use: lastUse('integration', 'client_id'),
  note_secret_use: lastUse('secret', 'id'),
  note_credential_use: lastUse('credential', 'id'),
  note_admin_key_use: lastUse('admin_key', 'id'),
  note_session_use: `UPDATE session SET last_seen_at = (use->>0)::bigint
    FROM jsonb_array_elements($1) AS use WHERE id = use->>1 AND last_seen_at <= (use->>0)::bigint`,
}

const REFUSALS = REFUSAL_EVENTS.map((event) => `'${event}'`).join(', ')

const AUDIT_FILTER = `($1::bigint IS NULL OR seq < $1) AND ($2::text IS NULL OR event = $2)
  AND ($3::text IS NULL OR actor = $3) AND ($4::text IS NULL OR target = $4)
  AND ($5::bigint IS NULL OR at >= $5) AND ($6::bigint IS NULL OR at < $6)
  AND ($7::bigint IS NULL OR (event IN (${REFUSALS}))::int = $7)`

// The columns have the collation "C", so lower() changes only ASCII letters, like lower() of SQLite.
const INTEGRATION_FILTER = `($1::text IS NULL OR strpos(name_folded, $1) > 0 OR starts_with(client_id, $2::text)
    OR strpos(lower(tags), $1) > 0 OR strpos(tags, $2) > 0)
  AND ($3::bigint IS NULL OR enabled = $3) AND ($4::text IS NULL OR EXISTS
    (SELECT 1 FROM slot WHERE slot.client_id = integration.client_id AND slot.scope = $4 AND slot.granted = 1))`

const HISTORIES = `jsonb_agg(encode(history, 'hex')) AS histories`

/** Returns a query that adds the issuance histories to the rows of integrations that the query `rows` finds. */
const withLastUse = (rows: string): string =>
  `SELECT found.*, of_slots.* FROM (${rows}) AS found, LATERAL (
    SELECT max(last_issued_at) AS last_issued_at, ${HISTORIES} FROM slot WHERE slot.client_id = found.client_id) AS of_slots`

/**
 * The integrations with their last uses. The times of issuances come from the slots, because an issuance does not
 * change the row of the integration.
 */
const INTEGRATIONS_IN_USE = `(SELECT integration.*, greatest(last_used_at, issued.at) AS used_at FROM integration
  LEFT JOIN (SELECT client_id, max(last_issued_at) AS at FROM slot GROUP BY client_id) AS issued USING (client_id))
  AS integration`

// $5: the attention masks by client ID. $6: the time before which a last use means `unused`. $7: the mask to filter by.
const INTEGRATIONS_WITH_ATTENTION = `(SELECT used.*, CASE WHEN attention <> 0 THEN ${String(ATTENTION_FIRST)} ELSE 0 END + used_at
    AS attention_order FROM (SELECT integration.*, coalesce(present.mask, 0)
      | CASE WHEN enabled = 1 AND greatest(used_at, created_at) < $6::bigint THEN ${String(UNUSED_MASK)} ELSE 0 END AS attention
    FROM ${INTEGRATIONS_IN_USE} LEFT JOIN
      (SELECT key COLLATE "C" AS client_id, value::int AS mask FROM jsonb_each_text($5::jsonb)) AS present USING (client_id))
    AS used) AS integration`
const ATTENTION_FILTER = `($7::int IS NULL OR (attention & $7) <> 0)`

type ListColumn = 'seq' | 'name_folded' | 'used_at' | 'attention_order'

function integrationList(column: ListColumn, direction: 'ASC' | 'DESC'): string {
  const type = column === 'name_folded' ? 'text' : 'bigint'
  const order = `ORDER BY ${column} ${direction}, seq ${direction}`
  const page = `SELECT * FROM ${INTEGRATIONS_WITH_ATTENTION} WHERE ${INTEGRATION_FILTER} AND ${ATTENTION_FILTER}
    AND ($8::${type} IS NULL OR (${column}, seq) ${direction === 'ASC' ? '>' : '<'} ($8, $9::bigint))
    ${order} LIMIT $10::bigint`
  return `${withLastUse(page)} ${order}`
}

export const READS: Readonly<Record<ReadName, string>> = {
  store: `SELECT canary, clean, floor FROM store WHERE id = 1`,
  floor: `SELECT floor, floor_recorded, put_back FROM store WHERE id = 1`,
  introduced: `SELECT introduced FROM store WHERE id = 1`,
  scopes: `SELECT name, audience, audience_in_force, description, version FROM scope ORDER BY name`,
  apis: `SELECT id, name, scope, description, routes, version FROM api ORDER BY ord`,
  integrations: `SELECT * FROM integration WHERE seq > $1 ORDER BY seq LIMIT $2`,
  integration_by_id: withLastUse('SELECT * FROM integration WHERE id = $1'),
  integration_by_client_id: withLastUse('SELECT * FROM integration WHERE client_id = $1'),
  secret_records_of: `SELECT id, ends_at, origin, created_at, (sealed IS NOT NULL)::int AS is_sealed,
    last_used_at, last_used_address, last_used_agent,
    (SELECT ${HISTORIES} FROM slot WHERE slot.client_id = secret.client_id) AS histories
    FROM secret WHERE client_id = $1 ORDER BY created_at, ord`,
  sealed_secrets: `SELECT count(*) AS n FROM secret WHERE sealed IS NOT NULL`,
  sealed_secret: `SELECT sealed FROM secret WHERE id = $1 AND client_id = $2`,
  secrets_of: `SELECT id, client_id, hash, ends_at FROM secret WHERE client_id = $1 ORDER BY ord`,
  credentials_of: `SELECT id, client_id, kind, detail, ends_at FROM credential WHERE client_id = $1 ORDER BY ord`,
  credential_records_of: `SELECT id, kind, detail, ends_at, created_at, last_used_at, last_used_address, last_used_agent,
    (SELECT ${HISTORIES} FROM slot WHERE slot.client_id = credential.client_id) AS histories
    FROM credential WHERE client_id = $1 ORDER BY ord`,
  credentials_after: `SELECT ord, id, client_id, kind, detail, ends_at FROM credential WHERE ord > $1 ORDER BY ord LIMIT $2`,
  replay_windows: `SELECT * FROM replay_window`,
  replay_window_of: `SELECT * FROM replay_window WHERE client_id = $1`,
  slots_of: `SELECT * FROM slot_state WHERE client_id = $1 ORDER BY id`,
  secrets_of_range: `SELECT s.id, s.client_id, s.hash, s.ends_at FROM secret s JOIN integration i USING (client_id)
    WHERE i.seq > $1 AND i.seq <= $2 ORDER BY s.ord`,
  slots_after: `SELECT * FROM slot_state WHERE id > $1 ORDER BY id LIMIT $2`,
  highest_slot_id: `SELECT coalesce(max(id), 0) AS id FROM slot`,
  history: `SELECT history FROM slot WHERE id = $1`,
  live_slots: `SELECT s.id, s.client_id, s.scope, s.live_generation, s.live_jti, s.live_issued_at, s.live_expires_at,
      s.live_audience, i.id AS integration_id, i.name AS integration_name
    FROM slot s JOIN integration i USING (client_id)
    WHERE s.live_expires_at > $1 AND s.live_generation > $2 AND (s.live_expires_at, s.id) > ($3::bigint, $4::bigint)
    ORDER BY s.live_expires_at, s.id LIMIT $5`,
  audit_chain: `SELECT * FROM audit_chain`,
  audit_last: `SELECT seq FROM audit ORDER BY seq DESC LIMIT 1`,
  audit_from: `SELECT * FROM audit WHERE seq > $1 ORDER BY seq LIMIT $2`,
  audit_page: `SELECT * FROM audit WHERE ${AUDIT_FILTER} ORDER BY seq DESC LIMIT $8::bigint`,
  audit_count: `SELECT count(*) AS n FROM audit WHERE ${AUDIT_FILTER}`,
  audit_before: `SELECT * FROM audit
    WHERE seq < coalesce((SELECT min(seq) FROM audit WHERE at >= $1), 9000000000000000) ORDER BY seq LIMIT $2`,
  idempotency_records: `SELECT key, request, made, created_at FROM idempotency ORDER BY created_at, ord`,
  integrations_matching: withLastUse(`SELECT * FROM integration
    WHERE name IN (SELECT jsonb_array_elements_text($1::jsonb) COLLATE "C")
      OR client_id IN (SELECT jsonb_array_elements_text($2::jsonb) COLLATE "C")`),
  count_integrations: `SELECT enabled, count(*) FILTER (WHERE ${ATTENTION_FILTER}) AS n,
    count(*) FILTER (WHERE attention <> 0) AS n_any,
    ${COUNTED_KINDS.map(({ column, mask }) => `count(*) FILTER (WHERE (attention & ${String(mask)}) <> 0) AS ${column}`).join(', ')}
    FROM ${INTEGRATIONS_WITH_ATTENTION} WHERE ${INTEGRATION_FILTER} GROUP BY enabled`,
  integrations_by_created: integrationList('seq', 'ASC'),
  'integrations_by_-created': integrationList('seq', 'DESC'),
  integrations_by_name: integrationList('name_folded', 'ASC'),
  'integrations_by_-name': integrationList('name_folded', 'DESC'),
  integrations_by_last_used: integrationList('used_at', 'ASC'),
  'integrations_by_-last_used': integrationList('used_at', 'DESC'),
  integrations_by_attention: integrationList('attention_order', 'DESC'),
  signing_keys: `SELECT kid, alg, status, public_jwk, sealed_private, created_at, signs_from, retired_at, revoked_at,
    accepted_until, mac FROM signing_key ORDER BY created_at, signs_from, kid`,
  admin_keys: `SELECT * FROM admin_key ORDER BY created_at, ord`,
  trusted_issuers: `SELECT * FROM trusted_issuer ORDER BY ord`,
  operators: `SELECT * FROM operator ORDER BY created_at, ord`,
  sessions: `SELECT * FROM session ORDER BY created_at, ord`,
  set_up_links: `SELECT * FROM set_up_link ORDER BY ord`,
  activity_minutes: `SELECT place, minute, counts FROM activity_minute WHERE place = -1 OR minute >= $1 ORDER BY place`,
}

const isSlotWrite = (name: WriteName): name is SlotWriteName =>
  name === 'update_slot' || name === 'supersede' || name === 'put_history' || name === 'delete_histories'

/**
 * Encodes the writes of a batch as JSON for `run_all`: each statement with its values, and one statement for all last
 * uses of each kind. Leaves out writes of slots, because the commit functions carry them out.
 */
export function statementsOf(writes: readonly Write[]): string {
  const statements: { readonly sql: string; readonly values: unknown[] }[] = []
  const notes = new Map<NoteName, unknown[]>()
  for (const [name, ...values] of writes) {
    if (isSlotWrite(name)) continue
    if (!isNote(name)) statements.push({ sql: WRITES[name], values: values.map(inJson) })
    else notes.set(name, [...(notes.get(name) ?? []), values])
  }
  return JSON.stringify([...statements, ...[...notes].map(([name, values]) => ({ sql: NOTES[name], values }))])
}

const isNote = (name: WriteName): name is NoteName => Object.hasOwn(NOTES, name)

const inJson = (value: Write[number] | null): unknown =>
  value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value
