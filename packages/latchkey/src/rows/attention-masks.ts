// Encodes the reasons for attention of an integration as bits, so that a single SQL statement can filter, order and
// count by all of them.
import { ATTENTION_KINDS, type AttentionKind } from '../domain/attention.ts'

export const maskOf = (kinds: readonly AttentionKind[]): number =>
  kinds.reduce((mask, kind) => mask | (1 << ATTENTION_KINDS.indexOf(kind)), 0)

/**
 * The bit of the reason `unused`. The SQL statements set this bit, because only the store knows the last use of each
 * integration.
 */
export const UNUSED_MASK = maskOf(['unused'])
export const ANY_MASK = maskOf(ATTENTION_KINDS)

/**
 * A number that is larger than every time in seconds. In the order `attention`, the SQL statements add this number to
 * the last use of rows that need attention, so that these rows come before all other rows.
 */
export const ATTENTION_FIRST = 100_000_000_000

/** For each reason, the name of the column that counts the integrations with this reason, and the bit of the reason. */
export const COUNTED_KINDS = ATTENTION_KINDS.map((kind) => ({ column: `n_${kind}`, kind, mask: maskOf([kind]) }))
