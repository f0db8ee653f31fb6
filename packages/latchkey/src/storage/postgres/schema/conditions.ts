// Step 7: whether an integration allows conditions in token requests.

export const CONDITIONS = `
-- 0 if the server ignores the conditions of token requests.
ALTER TABLE integration ADD COLUMN conditional bigint NOT NULL DEFAULT 1;
`
