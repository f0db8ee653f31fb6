// How an API might read a path: every decoding that a framework may do before it looks for a route.

const STEPS: readonly ((path: string) => string)[] = [
  (path) => path.replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
  (path) => path.replaceAll('\\', '/'),
  (path) => path.replaceAll(/;[^/]*/g, ''),
  (path) => path.replaceAll(/\/{2,}/g, '/'),
  (path) => path.replaceAll('\0', ''),
  (path) => path.replace(/^https?:\/\/[^/]*/i, ''),
  (path) => path.toLowerCase(),
  withoutDotSegments,
]

/** Returns every reading that results from these steps, in any order and number. */
export function readings(target: string): ReadonlySet<string> {
  const found = new Set<string>([target.replace(/[?#].*$/s, '')])
  for (const path of found) for (const step of STEPS) found.add(step(path))
  return found
}

// Removes dot segments, as RFC 3986 §5.2.4 says.
function withoutDotSegments(path: string): string {
  const kept: string[] = []
  for (const segment of path.split('/').slice(1)) {
    if (segment === '..') kept.pop()
    else if (segment !== '.') kept.push(segment)
  }
  return `/${kept.join('/')}`
}
