// Two columns for a raised generation floor: whether the audit trail has recorded the rise, and the reason for it.

export const RAISED_FLOOR = `
-- The floor that the audit trail tells of, and why it was raised above that, as JSON: null for a move of the database.
ALTER TABLE store ADD COLUMN floor_recorded bigint NOT NULL DEFAULT 0;
ALTER TABLE store ADD COLUMN put_back text;
UPDATE store SET floor_recorded = floor;
`
