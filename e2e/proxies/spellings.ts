// The names under which an API could find one of the identity headers.

/** The three headers with which Latchkey identifies a caller. */
export const IDENTITY = ['X-Latchkey-Client-Id', 'X-Latchkey-Scope', 'X-Latchkey-Jti']

/**
 * `name` with each hyphen kept or replaced by an underscore, which CGI, WSGI, Rack and PHP read alike. `name` is the
 * first.
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
 * The identity headers with each other character that a header name may contain (RFC 9110 §5.6.2) in place of the
 * hyphens.
 */
export const ODD_SPELLINGS = [...".!#$%&'*+^`|~"].flatMap((mark) => IDENTITY.map((name) => name.replaceAll('-', mark)))

/** The headers whose names an API could take for those of an identity, sorted. */
export const identityIn = (
  headers: readonly (readonly [name: string, value: string])[],
): readonly (readonly [name: string, value: string])[] =>
  headers.filter(([name]) => /^x[^a-z0-9]latchkey/.test(name.toLowerCase())).sort()
