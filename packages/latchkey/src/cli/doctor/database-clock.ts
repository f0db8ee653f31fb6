// The clock of the server's database, as the server sees it: every server on that database is compared with it.
import type { Environment } from '../../config/environment.ts'
import { readClientConfig } from '../../config/read-client-config.ts'
import { adminRequest } from '../admin-api/admin-request.ts'
import { CliFailure } from '../cli-failure.ts'
import { type Finding, ok, problem, skipped } from './finding.ts'

const CHECK = 'clock of the database'
/** As far as the server takes it for a difference that is no matter. */
const MOST_SECONDS = 2

/** Nothing where there is no database, and where nobody lets us ask: that is another finding. */
export async function examineDatabaseClock(env: Environment): Promise<readonly Finding[]> {
  const config = readClientConfig(env)
  if (!config.ok) return []
  try {
    const { document } = await adminRequest(config.value, { method: 'GET', path: '/admin/v1/server' })
    const { database_clock_offset_seconds: offset } = document as { readonly database_clock_offset_seconds?: unknown }
    return typeof offset === 'number' ? [clockFinding(offset)] : []
  } catch (error) {
    if (!(error instanceof CliFailure)) throw error
    return [skipped(CHECK, 'the server does not say it')]
  }
}

function clockFinding(offset: number): Finding {
  const side = offset > 0 ? 'ahead of' : 'behind'
  const found = offset === 0 ? "as the server's" : `${String(Math.abs(offset))} s ${side} the server's`
  if (Math.abs(offset) <= MOST_SECONDS) return ok(CHECK, found)
  return problem(
    CHECK,
    found,
    'Synchronise the clocks of the servers and of PostgreSQL (NTP): one accepts what another refuses as expired or not yet issued.',
  )
}
