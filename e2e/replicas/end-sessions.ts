// Ends every session of the servers on a cluster at any point of its work: statements in flight get no answer.
import type { Cluster } from '../../packages/latchkey/test/postgres/cluster.ts'
import { execute } from '../../packages/latchkey/test/postgres/databases.ts'

export const endSessions = async ({ url }: Pick<Cluster, 'url'>): Promise<void> => {
  await execute(
    url,
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE application_name LIKE 'latchkey %' AND datname = current_database()`,
  )
}
