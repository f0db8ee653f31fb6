// When credentials were last used. A token notes that in the issuance history of its slot alone; other uses have rows.
import type { ReadName } from '../../rows/commands.ts'
import {
  hasLastUseOfIntegrations,
  latestUses,
  withLaterUse,
  withUsesOfIntegration,
} from '../../rows/credential-uses.ts'
import type { Row } from '../../rows/disk.ts'
import { type CredentialUse, usesIn } from '../../rows/issuance-history.ts'

/** Returns the rows of a read with the later one of what the row and the histories say. */
export function withLastUses(name: ReadName, rows: readonly Row[]): readonly Row[] {
  if (name === 'secret_records_of') return rows.map(ofSecret)
  return hasLastUseOfIntegrations(name) ? rows.map(ofIntegration) : rows
}

const ofSecret = ({ histories, ...row }: Row): Row => withLaterUse(row, usesOf(histories).get(String(row['id'])))

const ofIntegration = ({ histories, last_issued_at: issuedAt, ...row }: Row): Row =>
  withUsesOfIntegration(row, usesOf(histories), Number(issuedAt))

/** `histories` is an array of hex strings; null without a slot. */
function usesOf(histories: unknown): ReadonlyMap<string, CredentialUse> {
  const values = (histories ?? []) as readonly string[]
  return latestUses(values.flatMap((hex) => usesIn(Buffer.from(hex, 'hex'))))
}
