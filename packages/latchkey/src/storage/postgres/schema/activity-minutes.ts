// Step 5 of the schema: the activity counts for each minute of the last two days.

export const ACTIVITY_MINUTES = `
-- A row for each minute, overwritten two days later. The counts are JSON: for each run of a server its counts by name. Row -1 has the minute in which counting began.
CREATE TABLE activity_minute (
  place bigint PRIMARY KEY,
  minute bigint NOT NULL,
  counts text COLLATE "C" NOT NULL
) WITH (fillfactor = 50);
`
