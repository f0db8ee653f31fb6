// Every SQL statement that the embedded store runs, by name.

export const WRITES = {
  insert_integration: `INSERT INTO integration
    (id, client_id, name, description, enabled, version, resource_server_for, renew_before, grace, created_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  update_integration: `UPDATE integration
    SET enabled = ?, version = ?, resource_server_for = ?, renew_before = ?, grace = ? WHERE client_id = ?`,
  delete_integration: `DELETE FROM integration WHERE client_id = ?`,
  insert_secret: `INSERT INTO secret (id, client_id, hash, sealed, ends_at) VALUES (?, ?, ?, ?, ?)`,
  update_secret: `UPDATE secret SET ends_at = ? WHERE id = ?`,
  delete_secrets: `DELETE FROM secret WHERE client_id = ?`,
  erase_sealed_secrets: `UPDATE secret SET sealed = NULL WHERE sealed IS NOT NULL`,
  insert_slot: `INSERT INTO slot
    (granted, open, generation, issuances, revoked_generation, superseded_generation,
     live_generation, live_jti, live_issued_at, live_expires_at, live_audience,
     prev_generation, prev_jti, prev_issued_at, prev_expires_at, prev_audience, prev_until, id, client_id, scope)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  update_slot: `UPDATE slot SET
    granted = ?, open = ?, generation = ?, issuances = ?, revoked_generation = ?, superseded_generation = ?,
    live_generation = ?, live_jti = ?, live_issued_at = ?, live_expires_at = ?, live_audience = ?,
    prev_generation = ?, prev_jti = ?, prev_issued_at = ?, prev_expires_at = ?, prev_audience = ?, prev_until = ?
    WHERE id = ?`,
  // The one write of the hot path has a statement of its own: half the values to hand over and to bind.
  supersede: `UPDATE slot SET generation = ?1, live_generation = ?1, issuances = ?2, superseded_generation = ?3,
    live_jti = ?4, live_issued_at = ?5, live_expires_at = ?6, live_audience = ?7,
    prev_generation = NULL, prev_jti = NULL, prev_issued_at = NULL, prev_expires_at = NULL, prev_audience = NULL,
    prev_until = NULL WHERE id = ?8`,
  delete_slots: `DELETE FROM slot WHERE client_id = ?`,
  put_ring: `INSERT OR REPLACE INTO ring (slot_id, n, generation, jti, issued_at, requests, requesters)
    VALUES (?, ?, ?, ?, ?, ?, ?)`,
  delete_rings: `DELETE FROM ring WHERE slot_id IN (SELECT id FROM slot WHERE client_id = ?)`,
  empty_slots_of_scope: `UPDATE slot SET generation = generation + 1, revoked_generation = live_generation,
    live_generation = NULL, live_jti = NULL, live_issued_at = NULL, live_expires_at = NULL, live_audience = NULL,
    prev_generation = NULL, prev_jti = NULL, prev_issued_at = NULL, prev_expires_at = NULL, prev_audience = NULL,
    prev_until = NULL WHERE scope = ? AND live_jti IS NOT NULL`,
  insert_scope: `INSERT INTO scope (name, audience, audience_in_force, description) VALUES (?, ?, ?, ?)`,
  update_scope_audience: `UPDATE scope SET audience_in_force = ? WHERE name = ?`,
  insert_api: `INSERT INTO api (name, scope, description) VALUES (?, ?, ?)`,
  delete_signing_keys: `DELETE FROM signing_key`,
  insert_signing_key: `INSERT INTO signing_key (kid, alg, status, public_jwk, sealed_private, created_at, accepted_until)
    VALUES (?, ?, ?, ?, ?, ?, ?)`,
  insert_admin_key: `INSERT INTO admin_key (id, name, role, hash, loopback_only) VALUES (?, ?, ?, ?, ?)`,
  set_canary: `UPDATE store SET canary = ? WHERE id = 1`,
  // As many pages as a commit of tokens takes: a disk with room for less is full. New bytes each time: SQLite does not
  // write what is there already.
  probe: `UPDATE store SET probe = randomblob(32768) WHERE id = 1`,
  mark_clean: `UPDATE store SET clean = ? WHERE id = 1`,
} as const

export const READS = {
  store: `SELECT canary, clean, floor FROM store WHERE id = 1`,
  scopes: `SELECT name, audience, audience_in_force, description FROM scope ORDER BY name`,
  apis: `SELECT name, scope, description FROM api ORDER BY rowid`,
  integrations: `SELECT * FROM integration WHERE seq > ? ORDER BY seq LIMIT ?`,
  integrations_after: `SELECT * FROM integration
    WHERE seq > coalesce((SELECT seq FROM integration WHERE id = ?), 0) ORDER BY seq LIMIT ?`,
  integration_by_id: `SELECT * FROM integration WHERE id = ?`,
  integration_by_client_id: `SELECT * FROM integration WHERE client_id = ?`,
  secrets_of: `SELECT id, client_id, hash, ends_at FROM secret WHERE client_id = ? ORDER BY rowid`,
  slots_of: `SELECT * FROM slot WHERE client_id = ? ORDER BY id`,
  secrets_of_range: `SELECT s.id, s.client_id, s.hash, s.ends_at FROM secret s JOIN integration i USING (client_id)
    WHERE i.seq > ? AND i.seq <= ? ORDER BY s.rowid`,
  slots_of_range: `SELECT s.* FROM slot s JOIN integration i USING (client_id) WHERE i.seq > ? AND i.seq <= ? ORDER BY s.id`,
  highest_slot_id: `SELECT coalesce(max(id), 0) AS id FROM slot`,
  ring: `SELECT n, generation, jti, issued_at, requests, requesters FROM ring WHERE slot_id = ? ORDER BY generation DESC`,
  signing_keys: `SELECT kid, alg, status, public_jwk, sealed_private, created_at, accepted_until FROM signing_key
    ORDER BY created_at, kid`,
  admin_keys: `SELECT id, name, role, hash, loopback_only FROM admin_key`,
} as const

export type WriteName = keyof typeof WRITES
export type ReadName = keyof typeof READS
