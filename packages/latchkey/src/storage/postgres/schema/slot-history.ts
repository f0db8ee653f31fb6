// Step 4 of the schema: the row of a slot contains its issuance history as one binary value. The table `ring` is
// removed.

/**
 * `rows/issuance-history.ts` describes the bytes of a history. The new table is written in the order of the ids, so its
 * pages are filled up to the fill factor. Half of each page stays free, so that a batch can update each row of a page
 * once within the page and without new index entries. A long history is compressed within the row (storage MAIN),
 * because out-of-line storage would make each issuance write a second row.
 */
export const SLOT_HISTORY = `
-- The lock of the servers that write. They wait, and find the functions of older versions replaced.
SELECT pg_advisory_xact_lock(4711, 1);

ALTER TABLE slot RENAME TO slot_before;
CREATE TABLE slot (
  id bigint NOT NULL,
  granted bigint NOT NULL,
  open bigint NOT NULL,
  -- Below 2^53: beyond it a program would not see that one number is larger than another.
  generation bigint NOT NULL CHECK (generation < 9007199254740991),
  issuances bigint NOT NULL,
  revoked_generation bigint NOT NULL,
  superseded_generation bigint NOT NULL,
  live_generation bigint, live_issued_at bigint, live_expires_at bigint,
  prev_generation bigint, prev_issued_at bigint, prev_expires_at bigint, prev_until bigint,
  -- The latest time of an issuance, in seconds. 0 without one.
  last_issued_at bigint NOT NULL DEFAULT 0,
  client_id text COLLATE "C" NOT NULL,
  scope text COLLATE "C" NOT NULL,
  live_jti text COLLATE "C", live_audience text COLLATE "C",
  prev_jti text COLLATE "C", prev_audience text COLLATE "C",
  -- The MAC of the tokens in the row, under a key that is not in the store. Null without a token.
  mac bytea,
  -- The last 16 issuances.
  history bytea NOT NULL DEFAULT '\\x0100'
) WITH (fillfactor = 45);
ALTER TABLE slot ALTER COLUMN history SET STORAGE MAIN;

-- The requesters of an issuance as a group of a history, from a JSON array of arrays of three texts.
CREATE FUNCTION history_group(requesters text) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
  SELECT substr(int4send(length(body)), 3) || body FROM (
    SELECT coalesce(string_agg('\\x03'::bytea || fields, '' ORDER BY place), '') AS body
    FROM json_array_elements(requesters::json) WITH ORDINALITY AS requester (value, place), LATERAL (
      SELECT string_agg(substr(int4send(kind::int), 4) || substr(int4send(octet_length(field)), 3)
        || convert_to(field, 'UTF8'), '' ORDER BY kind) AS fields
      FROM json_array_elements_text(value) WITH ORDINALITY AS one (field, kind)) AS texts) AS requesters_of_issuance
$$;

INSERT INTO slot (id, granted, open, generation, issuances, revoked_generation, superseded_generation,
    live_generation, live_issued_at, live_expires_at, prev_generation, prev_issued_at, prev_expires_at, prev_until,
    last_issued_at, client_id, scope, live_jti, live_audience, prev_jti, prev_audience, history)
  SELECT id, granted, open, s.generation, issuances, revoked_generation, superseded_generation,
    live_generation, live_issued_at, live_expires_at, prev_generation, prev_issued_at, prev_expires_at, prev_until,
    coalesce(moved.latest, 0), client_id, scope, live_jti, live_audience, prev_jti, prev_audience,
    coalesce(moved.history, '\\x0100')
  FROM slot_before s, LATERAL (
    SELECT '\\x01'::bytea || substr(int4send(max(group_number)::int), 4)
        || string_agg(history_group(requesters), '' ORDER BY group_number) FILTER (WHERE generation = newest)
        || string_agg(int8send(generation) || uuid_send(jti::uuid) || substr(int8send(issued_at), 4)
          || substr(int4send(least(requests, 65535)::int), 3) || substr(int4send(group_number::int - 1), 4), ''
          ORDER BY generation DESC) AS history, max(issued_at) AS latest
    FROM (
      SELECT *, dense_rank() OVER (ORDER BY newest DESC) AS group_number FROM (
        SELECT *, max(generation) OVER (PARTITION BY requesters) AS newest FROM ring WHERE slot_id = s.id
      ) AS with_newest) AS with_group) AS moved
  ORDER BY id;

DROP TABLE ring;
DROP TABLE slot_before;
DROP FUNCTION history_group(text);
ALTER TABLE slot ADD PRIMARY KEY (id), ADD UNIQUE (client_id, scope);

-- What a server reads of a slot for its memory: all but the history.
CREATE VIEW slot_state AS
  SELECT id, client_id, scope, granted, open, generation, issuances, revoked_generation, superseded_generation,
    live_generation, live_jti, live_issued_at, live_expires_at, live_audience,
    prev_generation, prev_jti, prev_issued_at, prev_expires_at, prev_audience, prev_until,
    encode(mac, 'hex') AS mac
  FROM slot;

-- The groups of a history, each with its length before it.
CREATE FUNCTION history_groups(history bytea) RETURNS bytea[] LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  start int := 2;
  one bytea;
  groups bytea[] := '{}';
BEGIN
  FOR nth IN 1..get_byte(history, 1) LOOP
    one := substr(history, start + 1, 2 + 256 * get_byte(history, start) + get_byte(history, start + 1));
    groups := groups || one;
    start := start + length(one);
  END LOOP;
  RETURN groups;
END $$;

-- The entries of a history with these groups, newest first.
CREATE FUNCTION history_entries(history bytea, groups bytea[]) RETURNS bytea LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  start int := 2;
  one bytea;
  entries bytea;
BEGIN
  FOREACH one IN ARRAY groups LOOP
    start := start + length(one);
  END LOOP;
  entries := substr(history, start + 1);
  IF get_byte(history, 0) <> 1 OR length(entries) % 32 <> 0 OR length(entries) > 512 THEN
    RAISE EXCEPTION 'the issuance history of a slot is damaged' USING ERRCODE = 'data_exception';
  END IF;
  RETURN entries;
END $$;

-- The history with one more issuance. The oldest one goes if there are 16. Gives the bytes of \`withIssuance\`.
CREATE FUNCTION with_issuance(history bytea, head bytea, entry bytea) RETURNS bytea LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  known bytea[] := history_groups(history);
  entries bytea := substr(history_entries(history, known), 1, 480);
  used bytea[] := ARRAY[substr(head, 3)];
  one bytea;
  number int;
  result bytea := '';
BEGIN
  -- Groups that no entry refers to any more are left out, so the others get new numbers.
  FOR last_byte IN 31..length(entries) - 1 BY 32 LOOP
    one := known[get_byte(entries, last_byte) + 1];
    IF one IS NULL THEN
      RAISE EXCEPTION 'the issuance history of a slot is damaged' USING ERRCODE = 'data_exception';
    END IF;
    number := array_position(used, one);
    IF number IS NULL THEN
      used := used || one;
      number := cardinality(used);
    END IF;
    entries := set_byte(entries, last_byte, number - 1);
  END LOOP;
  FOREACH one IN ARRAY used LOOP
    result := result || one;
  END LOOP;
  RETURN set_byte('\\x0100', 1, cardinality(used)) || result || entry || entries;
END $$;

-- The requesters in a group, in the order in which they came.
CREATE FUNCTION requesters_in(one_group bytea)
  RETURNS TABLE (address text, agent text, secret_id text) LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  start int := 2;
  fields text[];
  bytes int;
BEGIN
  WHILE start < length(one_group) LOOP
    fields := '{}';
    FOR nth IN 1..get_byte(one_group, start) LOOP
      bytes := 256 * get_byte(one_group, start + 2) + get_byte(one_group, start + 3);
      fields[get_byte(one_group, start + 1)] := convert_from(substr(one_group, start + 5, bytes), 'UTF8');
      start := start + 3 + bytes;
    END LOOP;
    start := start + 1;
    address := fields[1];
    agent := fields[2];
    secret_id := fields[3];
    RETURN NEXT;
  END LOOP;
END $$;

-- The last uses that are in no entry any more when one more issuance has come. Gives what \`usesThatGo\` gives.
CREATE FUNCTION uses_that_go(history bytea, head bytea)
  RETURNS TABLE (at bigint, address text, agent text, secret_id text) LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  known bytea[] := history_groups(history);
  entries bytea := history_entries(history, known);
  kept bytea[] := ARRAY[substr(head, 3)];
  oldest bytea;
BEGIN
  IF length(entries) < 512 THEN RETURN; END IF;
  FOR last_byte IN 31..479 BY 32 LOOP
    kept := kept || known[get_byte(entries, last_byte) + 1];
  END LOOP;
  oldest := known[get_byte(entries, 511) + 1];
  IF oldest = ANY (kept) THEN RETURN; END IF;
  RETURN QUERY
    SELECT DISTINCT ON (gone.secret_id) ('x' || encode(substr(entries, 505, 5), 'hex'))::bit(40)::bigint,
      gone.address, gone.agent, gone.secret_id
    FROM requesters_in(oldest) WITH ORDINALITY AS gone (address, agent, secret_id, nth)
    WHERE gone.secret_id NOT IN (SELECT k.secret_id FROM unnest(kept) AS g, requesters_in(g) AS k)
    ORDER BY gone.secret_id, nth DESC;
END $$;
`
