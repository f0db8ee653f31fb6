// Step 4: the functions that servers of older versions call refuse from now on, so those servers fail closed.

/**
 * An older server knows neither the history nor the MAC of a slot. 55000 tells it that nothing was done and that the
 * database takes no writes: it answers 503 and is not ready. A call that waited for the lock while the schema was changed
 * goes on with the body from before; each such body calls `misplaced` before it reads or writes a slot.
 */
const REFUSAL = `BEGIN
  RAISE EXCEPTION 'a newer version of Latchkey has changed the schema: stop this server and start that version'
    USING ERRCODE = 'object_not_in_prerequisite_state';
END`

const refused = (signature: string, result: string): string =>
  `CREATE OR REPLACE FUNCTION ${signature} RETURNS ${result} LANGUAGE plpgsql AS $$ ${REFUSAL} $$;`

export const REFUSED_FUNCTIONS = [
  refused('misplaced(of store, failover text)', 'boolean'),
  refused('commit_slots(assumed bigint, assumed_floor bigint, failover text, clients text[], wanted json)', 'jsonb'),
  refused(
    'commit_configuration(assumed bigint, failover text, wanted jsonb, statements jsonb, clients text[], removed text[], parts text[])',
    'jsonb',
  ),
  refused(
    'commit_sealed_configuration(assumed bigint, failover text, wanted jsonb, statements jsonb, clients text[], removed text[], parts text[])',
    'jsonb',
  ),
  refused('commit_notes(failover text, statements jsonb)', 'jsonb'),
  refused('beat(replica_id text, failover text, given_up int[], own_issuer text)', 'jsonb'),
  refused('move_store(known text, failover text, present bigint)', 'void'),
  refused('look(assumed bigint, failover text, clients text[])', 'jsonb'),
].join('\n')
