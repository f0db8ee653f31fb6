// When credentials were last used. A token notes that in the issuance history of its slot alone; other uses have rows.
import type { ReadName } from '../../rows/commands.ts'
import { latestUses, withLaterUse } from '../../rows/credential-uses.ts'
import type { Row } from '../../rows/disk.ts'
import { type CredentialUse, usesIn } from '../../rows/issuance-history.ts'

/** Reads whose rows have the `histories` of an integration's slots. */
const OF_INTEGRATIONS = /^(?:integrations?_by_|integrations_matching$)/

/** Returns the rows of a read with the later one of what the row and the histories say. */
export function withLastUses(name: ReadName, rows: readonly Row[]): readonly Row[] {
  if (name === 'secret_records_of') return rows.map(ofSecret)
  return OF_INTEGRATIONS.test(name) ? rows.map(ofIntegration) : rows
}

const ofSecret = ({ histories, ...row }: Row): Row => withLaterUse(row, usesOf(histories).get(String(row['id'])))

function ofIntegration({ histories, last_issued_at: issuedAt, ...row }: Row): Row {
  const uses = [...usesOf(histories).values()]
  const used = withLaterUse(row, uses.toSorted((one, other) => one.at - other.at).at(-1))
  // The lists are ordered by this time. It differs from the time of the use only if a clock was set back.
  return { ...used, last_used_at: Math.max(Number(used['last_used_at']), Number(issuedAt)) }
}

/** `histories` is an array of hex strings; null without a slot. */
function usesOf(histories: unknown): ReadonlyMap<string, CredentialUse> {
  const values = (histories ?? []) as readonly string[]
  return latestUses(values.flatMap((hex) => usesIn(Buffer.from(hex, 'hex'))))
}
