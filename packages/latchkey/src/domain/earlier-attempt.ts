// What is known of earlier attempts to make one change durable.

/**
 * - `none`: there was none.
 * - `lost`: the slot had another generation in the store, and was not changed. Memory has read the slot since.
 * - `unknown`: a commit got no answer. It was carried out, or is going to be at any later time, or never.
 * - `stored`: it was carried out, whatever happened since.
 */
export type EarlierAttempt = 'none' | 'lost' | 'unknown' | 'stored'
