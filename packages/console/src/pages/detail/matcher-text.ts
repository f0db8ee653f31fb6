// A matcher of a trust rule as one text.
import type { TrustRule } from 'latchkey/admin-api'

/** Returns a text such as `repository = acme/deploy`. */
export function matcherText({ claim, equals, one_of: among, prefix }: TrustRule['claims'][number]): string {
  const path = claim.join('/')
  if (equals !== undefined) return `${path} = ${equals}`
  if (among !== undefined) return `${path} is one of ${among.join(', ')}`
  return prefix === undefined ? `${path} is there` : `${path} begins with ${prefix}`
}
