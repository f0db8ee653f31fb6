// The parameter names of a query, in a form that is safe to log.

const MOST_NAMES = 10
// A name is safe to log if it has only letters and underscores, because a token has dots or digits. It must also be
// shorter than a client secret.
const PLAIN_NAME = /^[A-Za-z_]{1,32}$/

/** Replaces a name or a path segment in the log that may be a token or a secret. */
export const WITHHELD = '[other]'

/**
 * Returns the names of the first ten parameters, as sent and not decoded. Replaces a name that is not a plain
 * word by `[other]`.
 *
 * @param query the query without its question mark
 */
export const parameterNames = (query: string): readonly string[] =>
  query === ''
    ? []
    : query
        .split('&', MOST_NAMES)
        .map((pair) => pair.split('=', 1)[0] ?? '')
        .map((name) => (PLAIN_NAME.test(name) ? name : WITHHELD))
