// Of a floor that was raised: whether the audit trail tells of it, and why it was.

export const RAISED_FLOOR = `
-- The floor that the audit trail tells of, and why it was raised above that, as JSON: null for a move of the database.
ALTER TABLE store ADD COLUMN floor_recorded bigint NOT NULL DEFAULT 0;
ALTER TABLE store ADD COLUMN put_back text;
UPDATE store SET floor_recorded = floor;
`
