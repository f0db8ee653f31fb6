// The result of the earlier attempts to make a change durable.

/**
 * - `none`: there was no earlier attempt.
 * - `conflict`: another server had changed the slot, so the commit changed nothing. Memory has read the slot since.
 * - `unknown`: the commit got no answer. It may have been carried out, may still be, or never will be.
 * - `stored`: the commit was carried out. The slot may have changed since.
 */
export type EarlierAttempt = 'none' | 'conflict' | 'unknown' | 'stored'
