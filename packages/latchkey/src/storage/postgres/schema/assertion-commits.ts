// Step 6 of the schema: the function that commits a batch of tokens together with the uses of the client assertions in
// the requests.

export const ASSERTION_COMMITS = `
-- A slot changes only if the replay window of its client had the expected version. A window changes even if a slot of its
-- client was lost: that request is judged again, and its use is recorded. The windows are locked before the slots, and
-- both in their order, so no two batches wait for each other.
CREATE FUNCTION commit_assertion_batch(
  assumed bigint, assumed_floor bigint, failover text, clients text[], ids bigint[], expected_generations bigint[],
  generations bigint[], issuance_counts bigint[], revoked bigint[], superseded bigint[], live_generations bigint[],
  live_jtis text[], live_issued bigint[], live_expire bigint[], live_audiences text[], prev_generations bigint[],
  prev_jtis text[], prev_issued bigint[], prev_expire bigint[], prev_audiences text[], prev_untils bigint[],
  macs bytea[], heads bytea[], entries bytea[],
  window_clients text[], window_expected bigint[], window_versions bigint[], watermarks bigint[], window_entries bytea[]
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  lost_clients text[];
  expected bigint[] := expected_generations;
  answer jsonb;
BEGIN
  PERFORM pg_advisory_xact_lock_shared(4711, 1);
  PERFORM FROM replay_window WHERE client_id = ANY (window_clients) ORDER BY client_id FOR NO KEY UPDATE;
  SELECT array_agg(i.client_id) INTO lost_clients
    FROM unnest(window_clients, window_expected) AS i (client_id, expect) LEFT JOIN replay_window w USING (client_id)
    WHERE w.version IS DISTINCT FROM i.expect;
  IF lost_clients IS NOT NULL THEN
    -- No slot has this generation, so these slots count as lost.
    SELECT array_agg(CASE WHEN s.client_id = ANY (lost_clients) THEN -1 ELSE i.expect END ORDER BY i.nth) INTO expected
      FROM unnest(ids, expected_generations) WITH ORDINALITY AS i (id, expect, nth) LEFT JOIN slot s ON s.id = i.id;
  END IF;
  answer := commit_slot_batch(assumed, assumed_floor, failover, clients, ids, coalesce(expected, '{}'), generations,
    issuance_counts, revoked, superseded, live_generations, live_jtis, live_issued, live_expire, live_audiences,
    prev_generations, prev_jtis, prev_issued, prev_expire, prev_audiences, prev_untils, macs, heads, entries);
  IF answer->>'verdict' <> 'done' THEN RETURN answer; END IF;
  UPDATE replay_window w SET version = i.version, watermark = i.watermark, entries = i.entries
    FROM unnest(window_clients, window_expected, window_versions, watermarks, window_entries)
      AS i (client_id, expect, version, watermark, entries)
    WHERE w.client_id = i.client_id AND w.version = i.expect;
  RETURN answer || jsonb_build_object('lost_windows', (
    SELECT coalesce(jsonb_agg(jsonb_build_object('client_id', gone, 'version', w.version, 'watermark', w.watermark,
      'since', w.since, 'entries', encode(w.entries, 'hex'))), '[]')
    FROM unnest(lost_clients) AS gone LEFT JOIN replay_window w ON w.client_id = gone));
END $$;
`
