// Reads the path of a request. Rejects every path that different servers could read differently.

/**
 * A path in two forms: the decoded segments that the gateway checks, and the text that it passes on. Both forms come
 * from the same reading, so the gateway forwards exactly the path that it has checked.
 */
export interface RequestPath {
  readonly segments: readonly string[]
  /** The path, percent-encoded only where RFC 3986 §3.3 requires it. Keeps a slash at the end. */
  readonly text: string
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const LONGEST_PATH = 8192

/**
 * Reads a path. Undefined for all paths that servers are known to read differently: those with empty or dot segments,
 * path parameters, encoded slashes or percent signs, backslashes, control characters, malformed percent-encoding, or
 * characters whose Unicode compatibility form is one of these. No API needs such paths, and each kind has been used to
 * bypass access rules in some product.
 */
export function readRequestPath(path: string): RequestPath | undefined {
  if (path.length > LONGEST_PATH || !path.startsWith('/')) return undefined
  if (path === '/') return { segments: [], text: path }
  if (SPELT_ONE_WAY.test(path))
    return { segments: path.slice(1, path.endsWith('/') ? -1 : undefined).split('/'), text: path }
  const spelt = path.slice(1).split('/')
  const endsWithSlash = spelt.length > 1 && spelt.at(-1) === ''
  if (endsWithSlash) spelt.pop()
  const segments: string[] = []
  for (const segment of spelt) {
    const decoded = segment.includes('%') ? decode(segment) : segment
    if (decoded === undefined || !isPlain(decoded)) return undefined
    segments.push(decoded)
  }
  return { segments, text: `/${segments.map(encodeSegment).join('/')}${endsWithSlash ? '/' : ''}` }
}

// Matches a path of only unreserved characters (RFC 3986 §2.3), without empty segments and without segments that begin
// with a dot. Nearly every path has this form, and such a path would pass all further checks.
const SPELT_ONE_WAY = /^(?:\/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+\/?$/

function decode(segment: string): string | undefined {
  if (/%(?![0-9A-Fa-f]{2})/.test(segment)) return undefined
  const bytes = segment.replace(/%(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  try {
    return UTF8.decode(Buffer.from(bytes, 'latin1'))
  } catch {
    return undefined // The segment is not valid UTF-8, for example because it has an overlong encoding of a slash.
  }
}

// Matches path separators of any system, the percent sign (which another server might decode again), and invisible
// characters.
const AMBIGUOUS = /[/\\;?#%\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/u
// Matches a segment of only dots and spaces. Some systems drop dots and spaces at the end of a name.
const DOTS = /^[. ]*$/
const ASCII = /^[\x21-\x7e]*$/

const isPlain = (segment: string): boolean =>
  isUnambiguous(segment) && (ASCII.test(segment) || isUnambiguous(segment.normalize('NFKC')))

const isUnambiguous = (segment: string): boolean => !AMBIGUOUS.test(segment) && !DOTS.test(segment)

/**
 * Encodes a segment: leaves each `pchar` of RFC 3986 §3.3 unchanged, and percent-encodes the UTF-8 bytes of every other
 * character.
 */
const encodeSegment = (segment: string): string =>
  PCHARS.test(segment)
    ? segment
    : encodeURIComponent(segment).replace(/%(?:21|24|26|27|28|29|2A|2B|2C|3A|3D|40)/g, decodeURIComponent)

const PCHARS = /^[A-Za-z0-9._~!$&'()*+,=:@-]*$/
