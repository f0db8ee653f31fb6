// Step 3 of the schema: columns for the MACs of the rows on which access depends.

export const ROW_MACS = `
-- The MAC of what decides in the row, under a key that is not in the store. Null until a server has made it.
ALTER TABLE integration ADD COLUMN mac bytea;
ALTER TABLE operator ADD COLUMN mac bytea;
ALTER TABLE session ADD COLUMN mac bytea;
ALTER TABLE set_up_link ADD COLUMN mac bytea;
ALTER TABLE admin_key ADD COLUMN mac bytea;
ALTER TABLE signing_key ADD COLUMN mac bytea;

-- A server of an older version makes no MACs. If it still runs, its changes of the configuration must fail.
ALTER FUNCTION commit_configuration(bigint, text, jsonb, jsonb, text[], text[], text[])
  RENAME TO commit_sealed_configuration;
`
