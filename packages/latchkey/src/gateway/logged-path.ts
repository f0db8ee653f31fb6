// The path of a request in a form that is safe to log.
import { hasClientSecretShape } from '@latchkey/protocol'
import { WITHHELD } from '../http/parameter-names.ts'

// A SHA-256 in hexadecimal has 64 characters. Every token is longer.
const LONGEST_SEGMENT = 64
const LONGEST_PATH = 256

/**
 * Returns the first 256 characters of the path. Replaces each segment that may be a token or a client secret by
 * `[other]`: callers put them into paths by mistake.
 *
 * @param path as passed on to the upstream, hence ASCII
 */
export function loggedPath(path: string): string {
  const segments = path.split('/').map((segment) => (isRepeatable(segment) ? segment : WITHHELD))
  return segments.join('/').slice(0, LONGEST_PATH)
}

const isRepeatable = (segment: string): boolean => segment.length <= LONGEST_SEGMENT && !hasClientSecretShape(segment)
