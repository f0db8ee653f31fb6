// The paths that belong to an API, as patterns: `/ai/models/{model}/**`.

export const MOST_ROUTES = 50
export const LONGEST_ROUTE = 255

// RFC 3986 §3.3 pchar without percent-encoding, which has two spellings of one path, and without the asterisk.
const SEGMENT = /^[A-Za-z0-9._~!$&'()+,;=:@-]+$/
const PLACEHOLDER = /^\{([A-Za-z][A-Za-z0-9_]{0,63})\}$/

/**
 * A slash before each segment; a segment is URL characters, `{name}` for any one segment, or, at the end, `**` for any
 * that follow. `/` alone is the root. No segment is `.` or `..`, and no name stands twice.
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
