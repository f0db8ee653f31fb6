// The steps of the schema of the embedded store, in order. A released step must never be edited. A change of the schema
// is a new step at the end. `runStep` explains the SQL comments about slices.

export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE store (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    canary BLOB,
    clean INTEGER NOT NULL,
    floor INTEGER NOT NULL,
    probe BLOB
  ) STRICT;
  INSERT INTO store (id, clean, floor) VALUES (1, 1, 0);

  CREATE TABLE scope (
    name TEXT PRIMARY KEY,
    audience TEXT,
    audience_in_force TEXT NOT NULL,
    description TEXT NOT NULL
  ) STRICT;

  CREATE TABLE api (
    name TEXT PRIMARY KEY,
    scope TEXT NOT NULL REFERENCES scope (name),
    description TEXT NOT NULL
  ) STRICT;

  CREATE TABLE integration (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    client_id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    enabled INTEGER NOT NULL,
    version INTEGER NOT NULL,
    resource_server_for TEXT NOT NULL,
    renew_before INTEGER,
    grace INTEGER NOT NULL,
    created_at INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE secret (
    id TEXT PRIMARY KEY,
    client_id TEXT NOT NULL,
    hash BLOB NOT NULL,
    sealed BLOB,
    ends_at INTEGER
  ) STRICT;
  CREATE INDEX secret_of ON secret (client_id);

  CREATE TABLE slot (
    id INTEGER PRIMARY KEY,
    client_id TEXT NOT NULL,
    scope TEXT NOT NULL,
    granted INTEGER NOT NULL,
    open INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    issuances INTEGER NOT NULL,
    revoked_generation INTEGER NOT NULL,
    superseded_generation INTEGER NOT NULL,
    live_generation INTEGER, live_jti TEXT, live_issued_at INTEGER, live_expires_at INTEGER, live_audience TEXT,
    prev_generation INTEGER, prev_jti TEXT, prev_issued_at INTEGER, prev_expires_at INTEGER, prev_audience TEXT,
    prev_until INTEGER,
    UNIQUE (client_id, scope)
  ) STRICT;

  CREATE TABLE ring (
    slot_id INTEGER NOT NULL,
    n INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    jti TEXT NOT NULL,
    issued_at INTEGER NOT NULL,
    requests INTEGER NOT NULL,
    requesters TEXT NOT NULL,
    PRIMARY KEY (slot_id, n)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE signing_key (
    kid TEXT PRIMARY KEY,
    alg TEXT NOT NULL,
    status TEXT NOT NULL,
    public_jwk TEXT NOT NULL,
    sealed_private BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    accepted_until INTEGER
  ) STRICT;
  CREATE UNIQUE INDEX one_signing_key ON signing_key (status) WHERE status = 'signing';

  CREATE TABLE admin_key (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    hash BLOB NOT NULL UNIQUE,
    loopback_only INTEGER NOT NULL
  ) STRICT;
  `,
  `
  ALTER TABLE integration ADD COLUMN name_folded TEXT NOT NULL DEFAULT '';
  ALTER TABLE integration ADD COLUMN tags TEXT NOT NULL DEFAULT '';
  ALTER TABLE integration ADD COLUMN allowed_addresses TEXT NOT NULL DEFAULT '';
  ALTER TABLE integration ADD COLUMN updated_at INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE integration ADD COLUMN last_used_at INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE integration ADD COLUMN last_used_address TEXT NOT NULL DEFAULT '';
  ALTER TABLE integration ADD COLUMN last_used_agent TEXT NOT NULL DEFAULT '';
  CREATE INDEX integration_of_name ON integration (name);
  UPDATE integration SET updated_at = created_at, name_folded = folded(name);

  ALTER TABLE secret ADD COLUMN created_at INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE secret ADD COLUMN origin TEXT NOT NULL DEFAULT 'generated';
  ALTER TABLE secret ADD COLUMN last_used_at INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE secret ADD COLUMN last_used_address TEXT NOT NULL DEFAULT '';
  ALTER TABLE secret ADD COLUMN last_used_agent TEXT NOT NULL DEFAULT '';
  UPDATE secret SET created_at = (SELECT i.created_at FROM integration i WHERE i.client_id = secret.client_id);

  ALTER TABLE scope ADD COLUMN version INTEGER NOT NULL DEFAULT 1;

  ALTER TABLE api RENAME TO api_before;
  CREATE TABLE api (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    scope TEXT NOT NULL REFERENCES scope (name),
    description TEXT NOT NULL,
    routes TEXT NOT NULL,
    version INTEGER NOT NULL
  ) STRICT;
  INSERT INTO api SELECT 'api_' || lower(hex(randomblob(16))), name, scope, description, '', 1 FROM api_before;
  DROP TABLE api_before;

  ALTER TABLE signing_key ADD COLUMN signs_from INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE signing_key ADD COLUMN retired_at INTEGER;
  ALTER TABLE signing_key ADD COLUMN revoked_at INTEGER;
  UPDATE signing_key SET signs_from = created_at;
  UPDATE signing_key SET retired_at = accepted_until - 86400 WHERE status = 'retired';

  ALTER TABLE admin_key ADD COLUMN created_at INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE admin_key ADD COLUMN expires_at INTEGER;
  -- The first start made both.
  UPDATE admin_key SET created_at = coalesce((SELECT min(created_at) FROM signing_key), 0);
  ALTER TABLE admin_key ADD COLUMN revoked_at INTEGER;
  ALTER TABLE admin_key ADD COLUMN last_used_at INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE admin_key ADD COLUMN last_used_address TEXT NOT NULL DEFAULT '';
  ALTER TABLE admin_key ADD COLUMN last_used_agent TEXT NOT NULL DEFAULT '';

  CREATE TABLE audit (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    event TEXT NOT NULL,
    actor TEXT NOT NULL,
    target TEXT NOT NULL,
    record TEXT NOT NULL,
    mac BLOB NOT NULL
  ) STRICT;
  CREATE INDEX audit_of_target ON audit (target, seq);

  CREATE TABLE audit_chain (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    head_seq INTEGER NOT NULL, head_mac BLOB NOT NULL, head_seal BLOB NOT NULL,
    checkpoint_seq INTEGER NOT NULL, checkpoint_mac BLOB NOT NULL, checkpoint_seal BLOB NOT NULL
  ) STRICT;

  ALTER TABLE store ADD COLUMN introduced INTEGER NOT NULL DEFAULT 1;

  CREATE TABLE idempotency (
    key TEXT PRIMARY KEY,
    request TEXT NOT NULL,
    made TEXT NOT NULL,
    created_at INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE operator (
    id TEXT PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL,
    password_hash TEXT,
    disabled INTEGER NOT NULL,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    last_sign_in_at INTEGER
  ) STRICT;

  CREATE TABLE session (
    id TEXT PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE,
    operator_id TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL,
    address TEXT NOT NULL,
    user_agent TEXT NOT NULL
  ) STRICT;

  CREATE TABLE set_up_link (
    hash BLOB PRIMARY KEY,
    operator_id TEXT,
    expires_at INTEGER NOT NULL
  ) STRICT;
  `,
  `
  -- The floor that the audit trail tells of, and why it was raised above that, as JSON.
  ALTER TABLE store ADD COLUMN floor_recorded INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE store ADD COLUMN put_back TEXT;
  UPDATE store SET floor_recorded = floor;
  `,
  `
  -- The MAC of what decides in the row, under a key that is not in the store. Null until a server has made it.
  ALTER TABLE integration ADD COLUMN mac BLOB;
  ALTER TABLE operator ADD COLUMN mac BLOB;
  ALTER TABLE session ADD COLUMN mac BLOB;
  ALTER TABLE set_up_link ADD COLUMN mac BLOB;
  ALTER TABLE admin_key ADD COLUMN mac BLOB;
  ALTER TABLE signing_key ADD COLUMN mac BLOB;
  `,
  `
  -- A slot's row holds what the slot says as one value, and a row of history its last issuances. The table ring goes. In
  -- audience each audience of a token has a number. The tables that go hold no secret, so that their pages need not be
  -- overwritten.
  PRAGMA secure_delete = OFF;
  CREATE TABLE audience (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT;
  INSERT INTO audience (text) SELECT live_audience FROM slot WHERE live_jti IS NOT NULL
    UNION SELECT prev_audience FROM slot WHERE prev_jti IS NOT NULL;

  ALTER TABLE slot RENAME TO slot_before;
  CREATE TABLE slot (
    id INTEGER PRIMARY KEY,
    client_id TEXT NOT NULL,
    scope TEXT NOT NULL,
    granted INTEGER NOT NULL,
    open INTEGER NOT NULL,
    live_expires_at INTEGER,
    state BLOB NOT NULL,
    UNIQUE (client_id, scope)
  ) STRICT;
  CREATE TABLE history (slot_id INTEGER PRIMARY KEY, issuances BLOB NOT NULL) STRICT;
  -- What the histories do not hold yet: a row for each commit.
  CREATE TABLE issuance_log (seq INTEGER PRIMARY KEY, entries BLOB NOT NULL) STRICT;
  -- slices of slot_before
  INSERT INTO slot SELECT id, client_id, scope, granted, open, live_expires_at,
    slot_state(generation, issuances, revoked_generation, superseded_generation,
      live_generation, live_jti, live_issued_at, live_expires_at, (SELECT a.id FROM audience a WHERE a.text = live_audience),
      prev_generation, prev_jti, prev_issued_at, prev_expires_at, (SELECT a.id FROM audience a WHERE a.text = prev_audience),
      prev_until)
    FROM slot_before WHERE id > ?1 AND id <= ?2 ORDER BY id;
  -- end of slices
  -- slices of slot_before
  INSERT INTO history SELECT slot_id, issuance_history(json_group_array(
      json_array(generation, jti, issued_at, requests, requesters) ORDER BY generation DESC))
    FROM ring WHERE slot_id > ?1 AND slot_id <= ?2 GROUP BY slot_id ORDER BY slot_id;
  -- end of slices
  DROP TABLE ring;
  DROP TABLE slot_before;
  PRAGMA secure_delete = ON;
  `,
  `
  -- What the servers did in each minute of the last two days: a row for each minute, overwritten two days later. The counts
  -- are JSON: for each run of a server its counts by name. Row -1 has the minute in which counting began.
  CREATE TABLE activity_minute (place INTEGER PRIMARY KEY, minute INTEGER NOT NULL, counts TEXT NOT NULL) STRICT;
  `,
  `
  CREATE TABLE credential (
    id TEXT PRIMARY KEY,
    client_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    -- JSON: what the kind needs.
    detail TEXT NOT NULL CHECK (length(detail) <= 4096),
    created_at INTEGER NOT NULL,
    ends_at INTEGER,
    last_used_at INTEGER NOT NULL DEFAULT 0,
    last_used_address TEXT NOT NULL DEFAULT '',
    last_used_agent TEXT NOT NULL DEFAULT ''
  ) STRICT;
  CREATE INDEX credential_of ON credential (client_id);

  -- A row for each integration that has or had a key: which assertions it has used. The row stays until the integration is
  -- deleted, so that no assertion passes twice if a key comes back. At most 256 entries of 12 bytes.
  CREATE TABLE replay_window (
    client_id TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    watermark INTEGER NOT NULL DEFAULT 0,
    since INTEGER NOT NULL,
    entries BLOB NOT NULL DEFAULT x''
  ) STRICT;

  -- Whose JSON Web Tokens may prove a client.
  CREATE TABLE trusted_issuer (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    url TEXT NOT NULL UNIQUE,
    detail TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    mac BLOB
  ) STRICT;
  `,
  `
  -- 0 if the server ignores the conditions of token requests.
  ALTER TABLE integration ADD COLUMN conditional INTEGER NOT NULL DEFAULT 1;
  `,
]
