// Ends every database session of the servers, whatever the session does at that moment. The servers get no answer to
// statements in flight.
import type { Cluster } from '../../packages/latchkey/test/postgres/cluster.ts'
import { execute } from '../../packages/latchkey/test/postgres/databases.ts'

export const endSessions = async ({ url }: Pick<Cluster, 'url'>): Promise<void> => {
  await execute(
    url,
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE application_name LIKE 'latchkey %' AND datname = current_database()`,
  )
}
