// Finds the last use of each credential: the row of a credential contains one, and the issuance histories of tokens may
// contain a later one.
import type { ReadName } from './commands.ts'
import type { Row } from './disk.ts'
import type { CredentialUse } from './issuance-history.ts'

/**
 * Returns the last use of each credential. If two uses are in the same second, takes the one that comes later in
 * `uses`.
 */
export function latestUses(uses: Iterable<CredentialUse>): ReadonlyMap<string, CredentialUse> {
  const latest = new Map<string, CredentialUse>()
  for (const use of uses) {
    const known = latest.get(use.credential)
    if (known === undefined || known.at <= use.at) latest.set(use.credential, use)
  }
  return latest
}

/** Returns true for a read command whose rows contain the last use of an integration. */
export const hasLastUseOfIntegrations = (name: ReadName): boolean =>
  /^(?:integrations?_by_|integrations_matching$)/.test(name)

/**
 * Returns the row of a credential or an integration with its last use: the use in the row or the given use, whichever
 * is later.
 */
export const withLaterUse = (row: Row, use: CredentialUse | undefined): Row =>
  use === undefined || use.at < Number(row['last_used_at'])
    ? row
    : { ...row, last_used_at: use.at, last_used_address: use.address, last_used_agent: use.userAgent }

/**
 * Returns the row of an integration with the last use of the integration, which may be in its issuance histories.
 * `issuedAt` is the latest time of an issuance in these histories.
 */
export function withUsesOfIntegration(row: Row, uses: ReadonlyMap<string, CredentialUse>, issuedAt: number): Row {
  const used = withLaterUse(row, [...uses.values()].toSorted((one, other) => one.at - other.at).at(-1))
  // The order of lists depends on this time. It differs from the time of the last use only if a clock was set back.
  return { ...used, last_used_at: Math.max(Number(used['last_used_at']), issuedAt) }
}
