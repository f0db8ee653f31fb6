// The result of the earlier attempts to commit a change.

/**
 * - `none`: there was no earlier attempt.
 * - `conflict`: another server had changed the slot, so the commit changed nothing. The server has read the slot again
 *   since.
 * - `unknown`: the commit got no answer. The database may have carried out the commit, may still carry it out, or may
 *   never carry it out.
 * - `stored`: the commit was carried out. The slot may have changed since.
 */
export type EarlierAttempt = 'none' | 'conflict' | 'unknown' | 'stored'
