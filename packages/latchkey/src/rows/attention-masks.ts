// The reasons for attention as bits, so that one statement filters, orders and counts by all of them.
import { ATTENTION_KINDS, type AttentionKind } from '../domain/attention.ts'

export const maskOf = (kinds: readonly AttentionKind[]): number =>
  kinds.reduce((mask, kind) => mask | (1 << ATTENTION_KINDS.indexOf(kind)), 0)

/** The statements themselves set the bit of `unused`, because only the store knows each last use. */
export const UNUSED_MASK = maskOf(['unused'])
export const ANY_MASK = maskOf(ATTENTION_KINDS)

/**
 * For the order `attention`: rows that need attention come first, and within each group the last used row. This number
 * is added to the last use of a row that needs attention. It is larger than any last use in seconds.
 */
export const ATTENTION_FIRST = 100_000_000_000

/** The counts of a row: the number of integrations for each bit. */
export const COUNTED_KINDS = ATTENTION_KINDS.map((kind) => ({ column: `n_${kind}`, kind, mask: maskOf([kind]) }))
