// The last use of a credential, where a history tells of a later one than the row.
import type { Row } from './disk.ts'
import type { CredentialUse } from './issuance-history.ts'

/** Returns the last use of each credential. A later element of `uses` counts if two are of the same second. */
export function latestUses(uses: Iterable<CredentialUse>): ReadonlyMap<string, CredentialUse> {
  const latest = new Map<string, CredentialUse>()
  for (const use of uses) {
    const known = latest.get(use.credential)
    if (known === undefined || known.at <= use.at) latest.set(use.credential, use)
  }
  return latest
}

/** Returns the row of a secret or an integration with the later one of its own last use and this one. */
export const withLaterUse = (row: Row, use: CredentialUse | undefined): Row =>
  use === undefined || use.at < Number(row['last_used_at'])
    ? row
    : { ...row, last_used_at: use.at, last_used_address: use.address, last_used_agent: use.userAgent }
