// Step 2 of the schema: two columns for a raised generation floor. They contain the last floor that the audit trail has
// recorded, and the reason for a higher floor.

export const RAISED_FLOOR = `
-- The floor that the audit trail tells of, and why it was raised above that, as JSON: null for a move of the database.
ALTER TABLE store ADD COLUMN floor_recorded bigint NOT NULL DEFAULT 0;
ALTER TABLE store ADD COLUMN put_back text;
UPDATE store SET floor_recorded = floor;
`
