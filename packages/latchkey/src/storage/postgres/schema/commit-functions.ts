// Step 4 of the schema: the functions with which replicas change the store. A call of a function is one transaction in
// one round trip.

/**
 * Batches of tokens take the advisory lock 4711/1 shared, and changes of the configuration take it exclusively. So the
 * configuration cannot change between the check of a batch and its commit. Each statement in a function sees everything
 * that was committed when the statement began, so a read that follows the lock returns the present configuration.
 */
export const COMMIT_FUNCTIONS = `
-- True if the store is not where it was recorded last, or if no standby is named although the failover is synchronous.
CREATE FUNCTION is_wrong_primary(of store, failover text) RETURNS boolean LANGUAGE sql VOLATILE AS $$
  SELECT of.place <> place()
    OR (failover = 'synchronous' AND current_setting('synchronous_standby_names') = '')
$$;

-- One array for each column of the slots, and for the head and the entry that an issuance adds to a history (null without
-- one). Arrays of predecessors may be empty. Each slot is looked up by its key, also where the planner takes the table for
-- small enough to read it whole.
-- Writes last uses that are in no history any more: an array of [time, address, user agent, secret, integration].
CREATE FUNCTION write_last_uses(uses jsonb) RETURNS void LANGUAGE sql VOLATILE AS $$
  -- All commits that write last uses take this lock, so none of them waits for another's row.
  SELECT pg_advisory_xact_lock(4711, 2);
  UPDATE secret AS used SET last_used_at = last.at, last_used_address = last.address, last_used_agent = last.agent
    FROM (SELECT DISTINCT ON (use->>3) use->>3 AS id, (use->>0)::bigint AS at, use->>1 AS address, use->>2 AS agent
      FROM jsonb_array_elements(uses) AS use ORDER BY use->>3, (use->>0)::bigint DESC) AS last
    WHERE used.id = last.id AND used.last_used_at <= last.at;
  UPDATE integration AS used SET last_used_at = last.at, last_used_address = last.address, last_used_agent = last.agent
    FROM (SELECT DISTINCT ON (use->>4) use->>4 AS id, (use->>0)::bigint AS at, use->>1 AS address, use->>2 AS agent
      FROM jsonb_array_elements(uses) AS use ORDER BY use->>4, (use->>0)::bigint DESC) AS last
    WHERE used.client_id = last.id AND used.last_used_at <= last.at;
$$;

CREATE FUNCTION commit_slot_batch(
  assumed bigint, assumed_floor bigint, failover text, clients text[], ids bigint[], expected_generations bigint[],
  generations bigint[], issuance_counts bigint[], revoked bigint[], superseded bigint[], live_generations bigint[],
  live_jtis text[], live_issued bigint[], live_expire bigint[], live_audiences text[], prev_generations bigint[],
  prev_jtis text[], prev_issued bigint[], prev_expire bigint[], prev_audiences text[], prev_untils bigint[],
  macs bytea[], heads bytea[], entries bytea[]
) RETURNS jsonb LANGUAGE plpgsql SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
  st store;
  lost_ids bigint[];
  lost_rows jsonb := '[]';
  gone jsonb;
BEGIN
  PERFORM pg_advisory_xact_lock_shared(4711, 1);
  SELECT * INTO STRICT st FROM store WHERE id = 1;
  IF is_wrong_primary(st, failover) THEN RETURN jsonb_build_object('verdict', 'elsewhere'); END IF;
  IF st.floor <> assumed_floor OR (st.configuration <> assumed AND is_overtaken(assumed, clients))
    THEN RETURN jsonb_build_object('verdict', 'overtaken'); END IF;
  WITH i AS MATERIALIZED (
    SELECT * FROM unnest(ids, expected_generations, generations, issuance_counts, revoked, superseded, live_generations,
      live_jtis, live_issued, live_expire, live_audiences, prev_generations, prev_jtis, prev_issued, prev_expire,
      prev_audiences, prev_untils, macs, heads, entries)
    AS one (id, expect, generation, issuances, revoked_generation, superseded_generation, live_generation, live_jti,
      live_issued_at, live_expires_at, live_audience, prev_generation, prev_jti, prev_issued_at, prev_expires_at,
      prev_audience, prev_until, mac, head, entry)),
  -- Locked in the order of their ids: no two batches ever wait for each other.
  l AS MATERIALIZED (
    SELECT i.*, greatest(s.generation, st.floor) = i.expect AS won, s.client_id,
      -- The history, unless all issuances in it have the requesters of the new one, or there is no new one.
      CASE WHEN substr(s.history, 1, length(i.head)) <> i.head THEN s.history END AS mixed
    FROM i JOIN slot s ON s.id = i.id ORDER BY s.id FOR NO KEY UPDATE OF s),
  w AS (
    UPDATE slot s SET generation = l.generation, issuances = l.issuances,
      revoked_generation = l.revoked_generation, superseded_generation = l.superseded_generation,
      live_generation = l.live_generation, live_jti = l.live_jti, live_issued_at = l.live_issued_at,
      live_expires_at = l.live_expires_at, live_audience = l.live_audience, prev_generation = l.prev_generation,
      prev_jti = l.prev_jti, prev_issued_at = l.prev_issued_at, prev_expires_at = l.prev_expires_at,
      prev_audience = l.prev_audience, prev_until = l.prev_until, mac = l.mac,
      last_issued_at = CASE WHEN l.entry IS NULL THEN s.last_issued_at
        ELSE greatest(s.last_issued_at, ('x' || encode(substr(l.entry, 25, 5), 'hex'))::bit(40)::bigint) END,
      history = CASE WHEN l.entry IS NULL THEN s.history
        WHEN l.mixed IS NULL THEN l.head || l.entry || substr(s.history, length(l.head) + 1, 480)
        ELSE with_issuance(s.history, l.head, l.entry) END
    FROM l WHERE s.id = l.id AND l.won RETURNING s.id),
  c AS (INSERT INTO change (slot_id) SELECT id FROM w)
  SELECT array_agg(l.id) FILTER (WHERE NOT l.won),
    (SELECT jsonb_agg(jsonb_build_array(at, address, agent, secret_id, client_id))
      FROM l AS mixed_one, uses_that_go(mixed, head) WHERE won AND mixed IS NOT NULL)
    INTO lost_ids, gone FROM l;
  IF gone IS NOT NULL THEN PERFORM write_last_uses(gone); END IF;
  IF lost_ids IS NOT NULL THEN
    SELECT jsonb_agg(to_jsonb(s)) INTO lost_rows FROM slot_state s WHERE s.id = ANY (lost_ids);
  END IF;
  RETURN jsonb_build_object('verdict', 'done', 'lost', lost_rows);
END $$;

-- A slot that moved on since it was judged is emptied: the change ends whatever token is there when it commits.
CREATE OR REPLACE FUNCTION put_slots(floor bigint, wanted jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  moved_ids bigint[];
  moved_rows jsonb := '[]';
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
      prev_until = CASE WHEN l.fits THEN (i.slot).prev_until END,
      mac = CASE WHEN l.fits THEN (i.slot).mac END
    FROM i JOIN l USING (key) WHERE s.id = l.key RETURNING s.id, l.fits),
  c AS (INSERT INTO change (slot_id) SELECT id FROM w)
  SELECT array_agg(w.id) FILTER (WHERE NOT w.fits) INTO moved_ids FROM w;
  IF moved_ids IS NOT NULL THEN
    SELECT jsonb_agg(to_jsonb(s)) INTO moved_rows FROM slot_state s WHERE s.id = ANY (moved_ids);
  END IF;
  RETURN moved_rows;
END $$;

CREATE FUNCTION commit_configuration_change(
  assumed bigint, failover text, wanted jsonb, statements jsonb, clients text[], removed text[], parts text[]
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  st store;
  moved jsonb;
  next bigint;
BEGIN
  PERFORM pg_advisory_xact_lock(4711, 1);
  SELECT * INTO STRICT st FROM store WHERE id = 1;
  IF is_wrong_primary(st, failover) THEN RETURN jsonb_build_object('verdict', 'elsewhere'); END IF;
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

-- What decides nothing: last uses, the proof of a write. One commit that writes last uses at a time.
CREATE FUNCTION commit_observations(failover text, statements jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE st store;
BEGIN
  PERFORM pg_advisory_xact_lock_shared(4711, 1);
  PERFORM pg_advisory_xact_lock(4711, 2);
  SELECT * INTO STRICT st FROM store WHERE id = 1;
  IF is_wrong_primary(st, failover) THEN RETURN jsonb_build_object('verdict', 'elsewhere'); END IF;
  PERFORM run_all(statements);
  RETURN jsonb_build_object('verdict', 'done');
END $$;
`
