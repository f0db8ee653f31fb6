// Step 1 of the schema: the tables of the store on PostgreSQL. A released step must never be edited. A change of the
// schema is a new step.

/** All objects of Latchkey are in a database schema of their own, because other programs may use the same database. */
export const TABLES = `
CREATE TABLE store (
  id bigint PRIMARY KEY CHECK (id = 1),
  canary bytea,
  clean bigint NOT NULL,
  introduced bigint NOT NULL,
  -- Tokens up to this generation are over: raised by a restore and by an asynchronous fail-over.
  floor bigint NOT NULL CHECK (floor < 9007199254740991),
  -- Grows with every change of what decides and is no token: every replica states which one it assumed.
  configuration bigint NOT NULL,
  -- The cluster and its timeline, as the last replica that looked recorded it.
  place text COLLATE "C" NOT NULL
);
INSERT INTO store (id, clean, introduced, floor, configuration, place) VALUES (1, 1, 0, 0, 0, '');

CREATE TABLE probe (id bigint PRIMARY KEY CHECK (id = 1), at timestamptz NOT NULL);
INSERT INTO probe VALUES (1, now());

-- Each process that serves the store. Its issuer is known once it listens; null again when it has stopped.
CREATE TABLE replica (
  id text COLLATE "C" PRIMARY KEY,
  beat timestamptz NOT NULL,
  issuer text COLLATE "C"
) WITH (fillfactor = 60);

-- Which parts of the configuration are kept in memory as a whole, and when each changed last.
CREATE TABLE part (name text COLLATE "C" PRIMARY KEY, configuration bigint NOT NULL);

CREATE TABLE scope (
  name text COLLATE "C" PRIMARY KEY,
  audience text COLLATE "C",
  audience_in_force text COLLATE "C" NOT NULL,
  description text COLLATE "C" NOT NULL,
  version bigint NOT NULL DEFAULT 1
);

CREATE TABLE api (
  ord bigint GENERATED ALWAYS AS IDENTITY,
  id text COLLATE "C" PRIMARY KEY,
  name text COLLATE "C" NOT NULL UNIQUE,
  scope text COLLATE "C" NOT NULL REFERENCES scope (name),
  description text COLLATE "C" NOT NULL,
  routes text COLLATE "C" NOT NULL,
  version bigint NOT NULL
);

CREATE TABLE integration (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id text COLLATE "C" NOT NULL UNIQUE,
  client_id text COLLATE "C" NOT NULL UNIQUE,
  name text COLLATE "C" NOT NULL,
  name_folded text COLLATE "C" NOT NULL,
  description text COLLATE "C" NOT NULL,
  tags text COLLATE "C" NOT NULL,
  enabled bigint NOT NULL,
  version bigint NOT NULL,
  resource_server_for text COLLATE "C" NOT NULL,
  renew_before bigint,
  grace bigint NOT NULL,
  allowed_addresses text COLLATE "C" NOT NULL,
  created_at bigint NOT NULL,
  updated_at bigint NOT NULL,
  last_used_at bigint NOT NULL DEFAULT 0,
  last_used_address text COLLATE "C" NOT NULL DEFAULT '',
  last_used_agent text COLLATE "C" NOT NULL DEFAULT '',
  configuration bigint NOT NULL DEFAULT 0
);
CREATE INDEX integration_of_name ON integration (name);
CREATE INDEX integration_changed ON integration (configuration);

-- Client IDs that are gone: replicas forget them, and numbers begin above those of before when one comes back.
CREATE TABLE removed_integration (
  client_id text COLLATE "C" PRIMARY KEY,
  configuration bigint NOT NULL,
  generation bigint NOT NULL
);
CREATE INDEX removed_changed ON removed_integration (configuration);

CREATE TABLE secret (
  ord bigint GENERATED ALWAYS AS IDENTITY,
  id text COLLATE "C" PRIMARY KEY,
  client_id text COLLATE "C" NOT NULL,
  hash bytea NOT NULL,
  sealed bytea,
  ends_at bigint,
  created_at bigint NOT NULL,
  origin text COLLATE "C" NOT NULL,
  last_used_at bigint NOT NULL DEFAULT 0,
  last_used_address text COLLATE "C" NOT NULL DEFAULT '',
  last_used_agent text COLLATE "C" NOT NULL DEFAULT ''
);
CREATE INDEX secret_of ON secret (client_id);

-- No index on a column that an issuance changes, and room in each page for all its rows once more: a batch overwrites
-- them where they are.
CREATE TABLE slot (
  id bigint PRIMARY KEY,
  client_id text COLLATE "C" NOT NULL,
  scope text COLLATE "C" NOT NULL,
  granted bigint NOT NULL,
  open bigint NOT NULL,
  -- Below 2^53: beyond it a program would not see that one number is larger than another.
  generation bigint NOT NULL CHECK (generation < 9007199254740991),
  issuances bigint NOT NULL,
  revoked_generation bigint NOT NULL,
  superseded_generation bigint NOT NULL,
  live_generation bigint, live_jti text COLLATE "C", live_issued_at bigint, live_expires_at bigint,
  live_audience text COLLATE "C",
  prev_generation bigint, prev_jti text COLLATE "C", prev_issued_at bigint, prev_expires_at bigint,
  prev_audience text COLLATE "C", prev_until bigint,
  UNIQUE (client_id, scope)
) WITH (fillfactor = 40);

CREATE TABLE ring (
  slot_id bigint NOT NULL,
  n bigint NOT NULL,
  generation bigint NOT NULL,
  jti text COLLATE "C" NOT NULL,
  issued_at bigint NOT NULL,
  requests bigint NOT NULL,
  requesters text COLLATE "C" NOT NULL,
  PRIMARY KEY (slot_id, n)
) WITH (fillfactor = 60);

-- Which slots changed, in an order that is theirs for each slot; pruned by age.
CREATE TABLE change (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  slot_id bigint NOT NULL,
  -- Who changed it knows already.
  replica text COLLATE "C" DEFAULT current_setting('latchkey.replica', true)
-- It is read from its end alone, whatever its statistics say, and to make them would keep every table's old rows for
-- that long.
) WITH (autovacuum_analyze_scale_factor = 100, autovacuum_analyze_threshold = 2000000000);

CREATE TABLE signing_key (
  kid text COLLATE "C" PRIMARY KEY,
  alg text COLLATE "C" NOT NULL,
  status text COLLATE "C" NOT NULL,
  public_jwk text COLLATE "C" NOT NULL,
  sealed_private bytea NOT NULL,
  created_at bigint NOT NULL,
  signs_from bigint NOT NULL,
  retired_at bigint,
  revoked_at bigint,
  accepted_until bigint
);
CREATE UNIQUE INDEX one_signing_key ON signing_key (status) WHERE status = 'signing';

CREATE TABLE admin_key (
  ord bigint GENERATED ALWAYS AS IDENTITY,
  id text COLLATE "C" PRIMARY KEY,
  name text COLLATE "C" NOT NULL,
  role text COLLATE "C" NOT NULL,
  hash bytea NOT NULL UNIQUE,
  loopback_only bigint NOT NULL,
  created_at bigint NOT NULL,
  expires_at bigint,
  revoked_at bigint,
  last_used_at bigint NOT NULL DEFAULT 0,
  last_used_address text COLLATE "C" NOT NULL DEFAULT '',
  last_used_agent text COLLATE "C" NOT NULL DEFAULT ''
);

CREATE TABLE audit (
  seq bigint PRIMARY KEY,
  at bigint NOT NULL,
  event text COLLATE "C" NOT NULL,
  actor text COLLATE "C" NOT NULL,
  target text COLLATE "C" NOT NULL,
  record text COLLATE "C" NOT NULL,
  mac bytea NOT NULL
);
CREATE INDEX audit_of_target ON audit (target, seq);

CREATE TABLE audit_chain (
  id bigint PRIMARY KEY CHECK (id = 1),
  head_seq bigint NOT NULL, head_mac bytea NOT NULL, head_seal bytea NOT NULL,
  checkpoint_seq bigint NOT NULL, checkpoint_mac bytea NOT NULL, checkpoint_seal bytea NOT NULL
);

CREATE TABLE idempotency (
  ord bigint GENERATED ALWAYS AS IDENTITY,
  key text COLLATE "C" PRIMARY KEY,
  request text COLLATE "C" NOT NULL,
  made text COLLATE "C" NOT NULL,
  created_at bigint NOT NULL
);

CREATE TABLE operator (
  ord bigint GENERATED ALWAYS AS IDENTITY,
  id text COLLATE "C" PRIMARY KEY,
  email text COLLATE "C" NOT NULL UNIQUE,
  role text COLLATE "C" NOT NULL,
  password_hash text COLLATE "C",
  disabled bigint NOT NULL,
  version bigint NOT NULL,
  created_at bigint NOT NULL,
  last_sign_in_at bigint
);

CREATE TABLE session (
  ord bigint GENERATED ALWAYS AS IDENTITY,
  id text COLLATE "C" PRIMARY KEY,
  hash bytea NOT NULL UNIQUE,
  operator_id text COLLATE "C" NOT NULL,
  created_at bigint NOT NULL,
  last_seen_at bigint NOT NULL,
  address text COLLATE "C" NOT NULL,
  user_agent text COLLATE "C" NOT NULL
);

CREATE TABLE set_up_link (
  ord bigint GENERATED ALWAYS AS IDENTITY,
  hash bytea PRIMARY KEY,
  operator_id text COLLATE "C",
  expires_at bigint NOT NULL
);
`
