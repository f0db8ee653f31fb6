// The header names that an API could read as the name of an identity header.

/** The three headers with which Latchkey identifies a caller. */
export const IDENTITY = ['X-Latchkey-Client-Id', 'X-Latchkey-Scope', 'X-Latchkey-Jti']

/**
 * Returns `name` with each hyphen kept or replaced by an underscore: CGI, WSGI, Rack and PHP do not distinguish them.
 * The first result is `name`.
 */
export function spellingsOf(name: string): readonly string[] {
  const [first = '', ...rest] = name.split('-')
  return rest.reduce<readonly string[]>(
    (so, part) => so.flatMap((all) => [`${all}-${part}`, `${all}_${part}`]),
    [first],
  )
}

/** Every spelling of every identity header, in the usual case, in lower case and in upper case. */
export const EVERY_SPELLING = IDENTITY.flatMap(spellingsOf).flatMap((name) => [
  name,
  name.toLowerCase(),
  name.toUpperCase(),
])

/**
 * The names of the identity headers, with their hyphens replaced by another character: one name for each character that
 * a header name may contain (RFC 9110 §5.6.2).
 */
export const ODD_SPELLINGS = [...".!#$%&'*+^`|~"].flatMap((mark) => IDENTITY.map((name) => name.replaceAll('-', mark)))

/** Returns the headers whose names an API could read as those of an identity, sorted. */
export const identityIn = (
  headers: readonly (readonly [name: string, value: string])[],
): readonly (readonly [name: string, value: string])[] =>
  headers.filter(([name]) => /^x[^a-z0-9]latchkey/.test(name.toLowerCase())).sort()
