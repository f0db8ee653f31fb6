// The path of a request in a unique spelling. Paths that servers could read in more than one way are rejected.

/**
 * The decoded segments, and the path to pass on. Both are the same path, so the gateway forwards exactly the path that
 * it checked.
 */
export interface RequestPath {
  readonly segments: readonly string[]
  /** Percent-encoded only where RFC 3986 §3.3 requires it. Keeps a slash at the end. */
  readonly text: string
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const LONGEST_PATH = 8192

/**
 * Undefined for all paths that servers are known to read differently: empty and dot segments, path parameters, encoded
 * slashes and percent signs, backslashes, control characters, malformed percent-encoding, and characters whose Unicode
 * compatibility form is one of these. No API needs them, and each of them has bypassed access rules in some product.
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

// Nearly every path has this form: unreserved characters only (RFC 3986 §2.3), no empty segment, no segment that starts
// with a dot. Such a path passes all checks below.
const SPELT_ONE_WAY = /^(?:\/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+\/?$/

function decode(segment: string): string | undefined {
  if (/%(?![0-9A-Fa-f]{2})/.test(segment)) return undefined
  const bytes = segment.replace(/%(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  try {
    return UTF8.decode(Buffer.from(bytes, 'latin1'))
  } catch {
    return undefined // The segment is not valid UTF-8, for example an overlong slash.
  }
}

// Matches path separators of any system, the percent sign that another server would decode again, and invisible
// characters.
const AMBIGUOUS = /[/\\;?#%\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/u
// Some systems drop dots and spaces at the end of a name.
const DOTS = /^[. ]*$/
const ASCII = /^[\x21-\x7e]*$/

const isPlain = (segment: string): boolean =>
  isUnambiguous(segment) && (ASCII.test(segment) || isUnambiguous(segment.normalize('NFKC')))

const isUnambiguous = (segment: string): boolean => !AMBIGUOUS.test(segment) && !DOTS.test(segment)

/** RFC 3986 §3.3: a pchar stands for itself. Everything else is percent-encoded UTF-8. */
const encodeSegment = (segment: string): string =>
  PCHARS.test(segment)
    ? segment
    : encodeURIComponent(segment).replace(/%(?:21|24|26|27|28|29|2A|2B|2C|3A|3D|40)/g, decodeURIComponent)

const PCHARS = /^[A-Za-z0-9._~!$&'()*+,=:@-]*$/
