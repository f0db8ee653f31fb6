// Checks what the server reports about its database: the difference between the clocks of the database and the server,
// and the issuers of other servers on the database.
import type { Environment } from '../../config/environment.ts'
import { readClientConfig } from '../../config/read-client-config.ts'
import type { ServerFacts } from '../../http/contract/admin-api.ts'
import { adminRequest } from '../admin-api/admin-request.ts'
import { CliFailure } from '../cli-failure.ts'
import { printable } from '../terminal.ts'
import { type Finding, ok, problem, skipped } from './finding.ts'

const CLOCK = 'clock of the database'
const ISSUERS = 'issuer of the servers on the database'
/**
 * The largest accepted difference between the clocks, in seconds. The server logs a warning above the same difference.
 */
const MOST_SECONDS = 2

/**
 * Returns no finding if the server has no database. Also returns no finding if there is no admin key, because another
 * check reports that.
 */
export async function examineDatabase(env: Environment): Promise<readonly Finding[]> {
  const config = readClientConfig(env)
  if (!config.ok) return []
  try {
    const { document } = await adminRequest(config.value, { method: 'GET', path: '/admin/v1/server' })
    const { database_clock_offset_seconds: offset, other_issuers: others } = document as Partial<ServerFacts>
    return typeof offset === 'number' ? [clockFinding(offset), issuersFinding(others ?? [])] : []
  } catch (error) {
    if (!(error instanceof CliFailure)) throw error
    return [skipped(CLOCK, 'the server did not report the offset of the clock')]
  }
}

function issuersFinding(others: readonly string[]): Finding {
  if (others.length === 0) return ok(ISSUERS, 'the same')
  return problem(
    ISSUERS,
    `others have ${others.map(printable).join(', ')}`,
    'Give all servers the same LATCHKEY_PUBLIC_URL and LATCHKEY_AUTH_SERVER_ID: each refuses the tokens of the others.',
  )
}

function clockFinding(offset: number): Finding {
  const side = offset > 0 ? 'ahead of' : 'behind'
  const found = offset === 0 ? "as the server's" : `${String(Math.abs(offset))} s ${side} the server's`
  if (Math.abs(offset) <= MOST_SECONDS) return ok(CLOCK, found)
  return problem(
    CLOCK,
    found,
    'Synchronise the clocks of the servers and of PostgreSQL with NTP. Otherwise a server can refuse, as expired or not yet issued, a token that another server accepts.',
  )
}
