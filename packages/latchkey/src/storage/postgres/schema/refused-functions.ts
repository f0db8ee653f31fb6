// Step 4 of the schema: the functions of older versions of Latchkey refuse every call from now on, so that older
// servers fail closed.

/**
 * The new body of these functions. An older server cannot read the history or the MAC of a slot. The SQLSTATE 55000
 * means to an older server that the database accepts no writes, so the server answers 503 and is not ready. A call that
 * waited for the lock during the change of the schema continues with the old body of its function. Each old body calls
 * `misplaced` before it reads or writes a slot, and `misplaced` now raises this error too.
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
