// The schema, as numbered steps. A step that was released is never edited; a new one is appended.

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
]
