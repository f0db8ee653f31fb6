// Finds the last use of each credential. A use in a token request is recorded only in the issuance history of the slot.
// All other uses are recorded in rows.
import type { ReadName } from '../../rows/commands.ts'
import {
  hasLastUseOfIntegrations,
  latestUses,
  withLaterUse,
  withUsesOfIntegration,
} from '../../rows/credential-uses.ts'
import type { Row } from '../../rows/disk.ts'
import { type CredentialUse, usesIn } from '../../rows/issuance-history.ts'

/**
 * Returns the rows of a read command with the last use of each row: the use in the row or in the issuance histories,
 * whichever is later.
 */
export function withLastUses(name: ReadName, rows: readonly Row[]): readonly Row[] {
  if (name === 'secret_records_of' || name === 'credential_records_of') return rows.map(ofSecret)
  return hasLastUseOfIntegrations(name) ? rows.map(ofIntegration) : rows
}

const ofSecret = ({ histories, ...row }: Row): Row => withLaterUse(row, usesOf(histories).get(String(row['id'])))

const ofIntegration = ({ histories, last_issued_at: issuedAt, ...row }: Row): Row =>
  withUsesOfIntegration(row, usesOf(histories), Number(issuedAt))

/**
 * Returns the last use of each credential. `histories` is an array of histories in hexadecimal digits, or null if the
 * integration has no slot.
 */
function usesOf(histories: unknown): ReadonlyMap<string, CredentialUse> {
  const values = (histories ?? []) as readonly string[]
  return latestUses(values.flatMap((hex) => usesIn(Buffer.from(hex, 'hex'))))
}
