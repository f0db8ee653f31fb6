// Step 6 of the schema: the client keys and trust rules of integrations, the trusted issuers, and the records of used
// assertions.

export const CLIENT_CREDENTIALS = `
CREATE TABLE credential (
  ord bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
  id text COLLATE "C" PRIMARY KEY,
  client_id text COLLATE "C" NOT NULL,
  kind text COLLATE "C" NOT NULL,
  -- JSON: what the kind needs.
  detail text COLLATE "C" NOT NULL CHECK (octet_length(detail) <= 4096),
  created_at bigint NOT NULL,
  ends_at bigint,
  last_used_at bigint NOT NULL DEFAULT 0,
  last_used_address text COLLATE "C" NOT NULL DEFAULT '',
  last_used_agent text COLLATE "C" NOT NULL DEFAULT ''
);
CREATE INDEX credential_of ON credential (client_id);

-- A row for each integration that has or had a key: which assertions it has used. The row stays until the integration is
-- deleted, so that no assertion passes twice if a key comes back. At most 256 entries of 12 bytes, overwritten in place.
CREATE TABLE replay_window (
  ord bigint GENERATED ALWAYS AS IDENTITY,
  client_id text COLLATE "C" PRIMARY KEY,
  version bigint NOT NULL,
  watermark bigint NOT NULL DEFAULT 0,
  since bigint NOT NULL,
  entries bytea NOT NULL DEFAULT ''
) WITH (fillfactor = 40);
ALTER TABLE replay_window ALTER COLUMN entries SET STORAGE PLAIN;

-- Whose JSON Web Tokens may prove a client.
CREATE TABLE trusted_issuer (
  ord bigint GENERATED ALWAYS AS IDENTITY,
  id text COLLATE "C" PRIMARY KEY,
  name text COLLATE "C" NOT NULL UNIQUE,
  url text COLLATE "C" NOT NULL UNIQUE,
  detail text COLLATE "C" NOT NULL,
  version bigint NOT NULL,
  created_at bigint NOT NULL,
  updated_at bigint NOT NULL,
  mac bytea
);

-- Writes last uses that are in no history any more: an array of [time, address, user agent, credential, integration].
CREATE OR REPLACE FUNCTION write_last_uses(uses jsonb) RETURNS void LANGUAGE sql VOLATILE AS $$
  -- All commits that write last uses take this lock, so none of them waits for another's row.
  SELECT pg_advisory_xact_lock(4711, 2);
  UPDATE secret AS used SET last_used_at = last.at, last_used_address = last.address, last_used_agent = last.agent
    FROM (SELECT DISTINCT ON (use->>3) use->>3 AS id, (use->>0)::bigint AS at, use->>1 AS address, use->>2 AS agent
      FROM jsonb_array_elements(uses) AS use ORDER BY use->>3, (use->>0)::bigint DESC) AS last
    WHERE used.id = last.id AND used.last_used_at <= last.at;
  UPDATE credential AS used SET last_used_at = last.at, last_used_address = last.address, last_used_agent = last.agent
    FROM (SELECT DISTINCT ON (use->>3) use->>3 AS id, (use->>0)::bigint AS at, use->>1 AS address, use->>2 AS agent
      FROM jsonb_array_elements(uses) AS use ORDER BY use->>3, (use->>0)::bigint DESC) AS last
    WHERE used.id = last.id AND used.last_used_at <= last.at;
  UPDATE integration AS used SET last_used_at = last.at, last_used_address = last.address, last_used_agent = last.agent
    FROM (SELECT DISTINCT ON (use->>4) use->>4 AS id, (use->>0)::bigint AS at, use->>1 AS address, use->>2 AS agent
      FROM jsonb_array_elements(uses) AS use ORDER BY use->>4, (use->>0)::bigint DESC) AS last
    WHERE used.client_id = last.id AND used.last_used_at <= last.at;
$$;
`
