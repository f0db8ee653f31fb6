// Step 4 of the schema: the functions for heartbeats and for fresh reads, with which replicas make sure that they
// answer from the primary.

export const LEASE_FUNCTIONS = `
-- Proves by a commit that the caller reaches the primary. NULL if an earlier heartbeat of the same replica, which was given
-- up, still waits for a standby: while it does, it holds its connection, and no other heartbeat may follow.
CREATE FUNCTION heartbeat(replica_id text, failover text, given_up int[], own_issuer text)
RETURNS jsonb LANGUAGE plpgsql AS $$
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
      WHERE r.issuer <> own_issuer AND r.beat > clock_timestamp() - interval '5 seconds'),
    'hindrance', CASE WHEN current_setting('fsync') <> 'on' THEN 'fsync'
      WHEN failover = 'synchronous' AND current_setting('synchronous_standby_names') = '' THEN 'no_standby' END);
END $$;

-- Records where the store is now. All earlier tokens are over unless every acknowledged token is known to have come along:
-- another cluster always has a copy from the past. Changes of the configuration may be lost too: its next version is
-- above every version that a replica can have seen. \`present\` is the clock of the replica. If it is behind, the clock of
-- the database and the generations that are there make up for it.
CREATE FUNCTION record_place(known text, failover text, present bigint) RETURNS void LANGUAGE plpgsql AS $$
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

-- Everything that the answer of a replica rests on, as of one moment, and whether it changed since this version.
CREATE FUNCTION fresh_read(assumed bigint, failover text, clients text[]) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE seen jsonb;
BEGIN
  SELECT jsonb_build_object('misplaced', is_wrong_primary(st, failover), 'place', st.place,
    'started', pg_postmaster_start_time(), 'configuration', st.configuration, 'floor', st.floor,
    'overtaken', st.configuration <> assumed AND is_overtaken(assumed, clients),
    'slots', (SELECT coalesce(jsonb_agg(to_jsonb(s)), '[]') FROM slot_state s WHERE s.client_id = ANY (clients)))
  INTO STRICT seen FROM store st WHERE st.id = 1;
  RETURN seen;
END $$;
`
