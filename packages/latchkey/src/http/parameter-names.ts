// The parameter names of a query, in a form that is safe to log.

const MOST_NAMES = 10
// Letters and underscores only: a token has dots or digits. The length is below that of a client secret.
const PLAIN_NAME = /^[A-Za-z_]{1,32}$/

/** Replaces a name or a path segment that must not be logged, because it may be a token or a secret. */
export const WITHHELD = '[other]'

/**
 * Returns the names of the first ten parameters, as sent and not decoded. Returns `[other]` in the place of each name
 * that is not a plain word.
 *
 * @param query without its question mark
 */
export const parameterNames = (query: string): readonly string[] =>
  query === ''
    ? []
    : query
        .split('&', MOST_NAMES)
        .map((pair) => pair.split('=', 1)[0] ?? '')
        .map((name) => (PLAIN_NAME.test(name) ? name : WITHHELD))
