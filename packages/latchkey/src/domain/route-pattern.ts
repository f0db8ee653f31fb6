// Checks the path patterns of an API, such as `/ai/models/{model}/**`.

export const MOST_ROUTES = 50
export const LONGEST_ROUTE = 255

// The characters of a path segment (`pchar` of RFC 3986 §3.3) except the asterisk and percent-encoding.
// Percent-encoding would allow two spellings of the same path.
const SEGMENT = /^[A-Za-z0-9._~!$&'()+,;=:@-]+$/
const PLACEHOLDER = /^\{([A-Za-z][A-Za-z0-9_]{0,63})\}$/

/**
 * Returns true for a valid pattern: `/` for the root, or segments that each follow a slash. A segment is a text of URL
 * characters, or `{name}` for any single segment, or (at the end) `**` for any further segments. A pattern with a
 * segment `.` or `..`, or with a repeated name, is invalid.
 */
export function isRoutePattern(pattern: string): boolean {
  if (pattern.length > LONGEST_ROUTE || !pattern.startsWith('/')) return false
  if (pattern === '/') return true
  const segments = pattern.slice(1).split('/')
  const names = segments.flatMap((segment) => PLACEHOLDER.exec(segment)?.[1] ?? [])
  return (
    new Set(names).size === names.length &&
    segments.every((segment, index) => isSegment(segment, index === segments.length - 1))
  )
}

const isSegment = (segment: string, isLast: boolean): boolean =>
  (isLast && segment === '**') ||
  PLACEHOLDER.test(segment) ||
  (SEGMENT.test(segment) && segment !== '.' && segment !== '..')
