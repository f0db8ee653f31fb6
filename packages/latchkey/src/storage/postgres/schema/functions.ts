// The functions with which replicas change the store. A call of a function is one transaction in one round trip. The
// function takes its locks before it decides.

/**
 * Batches of slots take the advisory lock 4711/1 shared, and changes of the configuration take it exclusively. So the
 * configuration cannot change between the check of a batch and its commit. Each statement in a function sees everything
 * that was committed when the statement began, so a read that follows the lock returns the present configuration.
 */
export const FUNCTIONS = `
-- Which cluster this is, and on which timeline it writes. Fails on a standby, which must answer nothing.
CREATE FUNCTION place() RETURNS text LANGUAGE plpgsql VOLATILE AS $$
DECLARE cluster text;
BEGIN
  SELECT system_identifier INTO STRICT cluster FROM pg_control_system();
  RETURN cluster || ':' || left(pg_walfile_name(pg_current_wal_lsn()), 8);
END $$;

-- Is this the session that was set up for the statement, and as it was? A pooler that hands sessions on between
-- transactions brings it to any other one, where a commit may wait for no disk. It is refused there and changes nothing.
CREATE FUNCTION is_session_of(line text) RETURNS boolean LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
  IF current_setting('latchkey.replica', true) IS DISTINCT FROM line
    OR current_setting('synchronous_commit') NOT IN ('on', 'remote_apply')
    OR current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'this is not the session that was set up for the statement' USING ERRCODE = 'LK001';
  END IF;
  RETURN true;
END $$;

-- Undefined behaviour is refused: another place than the recorded one, or a lost standby where one was declared.
CREATE FUNCTION misplaced(of store, failover text) RETURNS boolean LANGUAGE sql VOLATILE AS $$
  SELECT of.place <> place()
    OR (failover = 'synchronous' AND current_setting('synchronous_standby_names') = '')
$$;

-- Has anything changed since this version that a token of these clients rests on? They themselves, by the version in
-- their rows, or what is the same for all. What else an operator changes overtakes nobody.
CREATE FUNCTION is_overtaken(assumed bigint, clients text[]) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  RETURN EXISTS (SELECT FROM part WHERE name IN ('catalog', 'signing_keys') AND configuration > assumed)
    OR EXISTS (SELECT FROM integration WHERE client_id = ANY (clients) AND configuration > assumed)
    OR EXISTS (SELECT FROM removed_integration WHERE client_id = ANY (clients) AND configuration > assumed);
END $$;

-- Each slot is looked up by its key, also where the planner takes the table for small enough to read it whole.
CREATE FUNCTION commit_slots(assumed bigint, assumed_floor bigint, failover text, clients text[], wanted json)
RETURNS jsonb LANGUAGE plpgsql SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
  st store;
  lost_rows jsonb;
BEGIN
  PERFORM pg_advisory_xact_lock_shared(4711, 1);
  SELECT * INTO STRICT st FROM store WHERE id = 1;
  IF misplaced(st, failover) THEN RETURN jsonb_build_object('verdict', 'elsewhere'); END IF;
  IF st.floor <> assumed_floor OR (st.configuration <> assumed AND is_overtaken(assumed, clients))
    THEN RETURN jsonb_build_object('verdict', 'overtaken'); END IF;
  WITH i AS MATERIALIZED (
    SELECT * FROM json_to_recordset(wanted) AS one(id bigint, expect bigint, generation bigint, issuances bigint,
      revoked_generation bigint, superseded_generation bigint, live_generation bigint, live_jti text,
      live_issued_at bigint, live_expires_at bigint, live_audience text, prev_generation bigint, prev_jti text,
      prev_issued_at bigint, prev_expires_at bigint, prev_audience text, prev_until bigint,
      ring_n bigint, ring_requests bigint, ring_requesters text)),
  -- Locked in the order of their ids: no two batches ever wait for each other.
  l AS MATERIALIZED (
    SELECT i.*, greatest(s.generation, st.floor) = i.expect AS won, s AS found
    FROM i JOIN slot s ON s.id = i.id ORDER BY s.id FOR NO KEY UPDATE OF s),
  w AS (
    UPDATE slot s SET generation = l.generation, issuances = l.issuances,
      revoked_generation = l.revoked_generation, superseded_generation = l.superseded_generation,
      live_generation = l.live_generation, live_jti = l.live_jti, live_issued_at = l.live_issued_at,
      live_expires_at = l.live_expires_at, live_audience = l.live_audience, prev_generation = l.prev_generation,
      prev_jti = l.prev_jti, prev_issued_at = l.prev_issued_at, prev_expires_at = l.prev_expires_at,
      prev_audience = l.prev_audience, prev_until = l.prev_until
    FROM l WHERE s.id = l.id AND l.won RETURNING s.id),
  -- The issuance that left its token in the slot.
  r AS (
    INSERT INTO ring SELECT l.id, l.ring_n, l.live_generation, l.live_jti, l.live_issued_at, l.ring_requests,
      l.ring_requesters FROM l WHERE l.won AND l.ring_n IS NOT NULL
    ON CONFLICT (slot_id, n) DO UPDATE SET generation = excluded.generation, jti = excluded.jti,
      issued_at = excluded.issued_at, requests = excluded.requests, requesters = excluded.requesters),
  c AS (INSERT INTO change (slot_id) SELECT id FROM w)
  SELECT coalesce(jsonb_agg(to_jsonb(l.found)) FILTER (WHERE NOT l.won), '[]') INTO lost_rows FROM l;
  RETURN jsonb_build_object('verdict', 'done', 'lost', lost_rows);
END $$;

-- A slot that moved on since it was judged is emptied: the change ends whatever token is there when it commits.
CREATE FUNCTION put_slots(floor bigint, wanted jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE moved jsonb;
BEGIN
  WITH i AS MATERIALIZED (
    SELECT (value->>'expect')::bigint AS expect, (value->>'id')::bigint AS key,
      jsonb_populate_record(NULL::slot, value) AS slot
    FROM jsonb_array_elements(wanted)),
  l AS MATERIALIZED (
    SELECT s.id AS key, greatest(s.generation, put_slots.floor) = i.expect AS fits FROM slot s JOIN i ON s.id = i.key
    ORDER BY s.id FOR NO KEY UPDATE OF s),
  w AS (
    UPDATE slot s SET granted = (i.slot).granted, open = (i.slot).open,
      generation = CASE WHEN l.fits THEN (i.slot).generation
        ELSE greatest(s.generation, (i.slot).generation) + 1 END,
      revoked_generation = CASE WHEN l.fits THEN (i.slot).revoked_generation
        ELSE coalesce(s.live_generation, s.revoked_generation) END,
      live_generation = CASE WHEN l.fits THEN (i.slot).live_generation END,
      live_jti = CASE WHEN l.fits THEN (i.slot).live_jti END,
      live_issued_at = CASE WHEN l.fits THEN (i.slot).live_issued_at END,
      live_expires_at = CASE WHEN l.fits THEN (i.slot).live_expires_at END,
      live_audience = CASE WHEN l.fits THEN (i.slot).live_audience END,
      prev_generation = CASE WHEN l.fits THEN (i.slot).prev_generation END,
      prev_jti = CASE WHEN l.fits THEN (i.slot).prev_jti END,
      prev_issued_at = CASE WHEN l.fits THEN (i.slot).prev_issued_at END,
      prev_expires_at = CASE WHEN l.fits THEN (i.slot).prev_expires_at END,
      prev_audience = CASE WHEN l.fits THEN (i.slot).prev_audience END,
      prev_until = CASE WHEN l.fits THEN (i.slot).prev_until END
    FROM i JOIN l USING (key) WHERE s.id = l.key RETURNING s.*, l.fits),
  c AS (INSERT INTO change (slot_id) SELECT id FROM w)
  SELECT coalesce(jsonb_agg(to_jsonb(w) - 'fits') FILTER (WHERE NOT w.fits), '[]') INTO moved FROM w;
  RETURN moved;
END $$;

-- Runs statements one after the other, each with its values as one JSON array.
CREATE FUNCTION run_all(statements jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE one jsonb;
BEGIN
  FOR one IN SELECT value FROM jsonb_array_elements(statements) LOOP
    EXECUTE one->>'sql' USING one->'values';
  END LOOP;
END $$;

CREATE FUNCTION commit_configuration(
  assumed bigint, failover text, wanted jsonb, statements jsonb, clients text[], removed text[], parts text[]
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  st store;
  moved jsonb;
  next bigint;
BEGIN
  PERFORM pg_advisory_xact_lock(4711, 1);
  SELECT * INTO STRICT st FROM store WHERE id = 1;
  IF misplaced(st, failover) THEN RETURN jsonb_build_object('verdict', 'elsewhere'); END IF;
  IF st.configuration <> assumed THEN RETURN jsonb_build_object('verdict', 'overtaken'); END IF;
  next := st.configuration + 1;
  moved := put_slots(st.floor, wanted);
  INSERT INTO removed_integration
    SELECT client_id, next, max(generation) + 1 FROM slot WHERE client_id = ANY (removed) GROUP BY client_id
    ON CONFLICT (client_id) DO UPDATE SET configuration = excluded.configuration,
      generation = greatest(removed_integration.generation, excluded.generation);
  INSERT INTO removed_integration
    SELECT gone, next, 0 FROM unnest(removed) AS gone ON CONFLICT (client_id) DO NOTHING;
  PERFORM run_all(statements);
  UPDATE integration SET configuration = next WHERE client_id = ANY (clients);
  INSERT INTO part SELECT name, next FROM unnest(parts) AS name
    ON CONFLICT (name) DO UPDATE SET configuration = excluded.configuration;
  UPDATE store SET configuration = next WHERE id = 1;
  RETURN jsonb_build_object('verdict', 'done', 'configuration', next, 'moved', moved);
END $$;

-- What decides nothing: last uses, the proof of a write. One such commit at a time, so that none waits for another's row.
CREATE FUNCTION commit_notes(failover text, statements jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE st store;
BEGIN
  PERFORM pg_advisory_xact_lock_shared(4711, 1);
  PERFORM pg_advisory_xact_lock(4711, 2);
  SELECT * INTO STRICT st FROM store WHERE id = 1;
  IF misplaced(st, failover) THEN RETURN jsonb_build_object('verdict', 'elsewhere'); END IF;
  PERFORM run_all(statements);
  RETURN jsonb_build_object('verdict', 'done');
END $$;

-- Proves, by a commit, that this server is the one that writes. An earlier one that was given up may wait for a standby
-- until there is one, and hold its connection for as long: as long as it does, no other follows it. NULL then.
CREATE FUNCTION beat(replica_id text, failover text, given_up int[], own_issuer text) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE st store;
BEGIN
  IF given_up <> '{}' AND
    EXISTS (SELECT 1 FROM pg_stat_activity WHERE pid = ANY (given_up) AND wait_event = 'SyncRep') THEN RETURN NULL;
  END IF;
  INSERT INTO replica VALUES (replica_id, clock_timestamp(), own_issuer)
    ON CONFLICT (id) DO UPDATE SET beat = excluded.beat, issuer = excluded.issuer;
  SELECT * INTO STRICT st FROM store WHERE id = 1;
  RETURN jsonb_build_object('place', place(), 'recorded', st.place, 'started', pg_postmaster_start_time(),
    'configuration', st.configuration, 'now', extract(epoch FROM clock_timestamp()), 'others', (
      SELECT coalesce(jsonb_agg(DISTINCT r.issuer ORDER BY r.issuer), '[]') FROM replica r
      WHERE r.issuer <> own_issuer AND r.beat > clock_timestamp() - interval '5 seconds'), 'hindrance', CASE WHEN current_setting('fsync') <> 'on' THEN 'fsync'
      WHEN failover = 'synchronous' AND current_setting('synchronous_standby_names') = '' THEN 'no_standby' END);
END $$;

-- Records where the store is now. Unless acknowledged tokens are known to have come along, all of them are over: to
-- another cluster a store comes by a copy from the past alone. Changes of the configuration may be lost as well: its
-- next version is above all that anybody can have seen. \`present\` is the replica's clock: one that is behind is made up
-- for by the server's, and by what is there.
CREATE FUNCTION move_store(known text, failover text, present bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(4711, 1);
  UPDATE store SET place = place(),
    configuration = CASE WHEN moved.is_whole THEN configuration + 1 ELSE greatest(configuration + 1, present) END,
    floor = CASE WHEN moved.is_whole THEN floor ELSE greatest(floor + 1, present,
      (extract(epoch FROM clock_timestamp()) * 1000000)::bigint, (SELECT max(generation) + 1 FROM slot)) END
  FROM (SELECT known = '' OR
    (failover = 'synchronous' AND split_part(known, ':', 1) = split_part(place(), ':', 1)) AS is_whole) AS moved
  WHERE id = 1 AND place = known;
END $$;

-- Everything that a replica's answer rests on, as it is in one moment, and whether it changed since this version.
CREATE FUNCTION look(assumed bigint, failover text, clients text[]) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE seen jsonb;
BEGIN
  SELECT jsonb_build_object('misplaced', misplaced(st, failover), 'place', st.place,
    'started', pg_postmaster_start_time(), 'configuration', st.configuration, 'floor', st.floor,
    'overtaken', st.configuration <> assumed AND is_overtaken(assumed, clients),
    'slots', (SELECT coalesce(jsonb_agg(to_jsonb(s)), '[]') FROM slot s WHERE s.client_id = ANY (clients)))
  INTO STRICT seen FROM store st WHERE st.id = 1;
  RETURN seen;
END $$;
`
