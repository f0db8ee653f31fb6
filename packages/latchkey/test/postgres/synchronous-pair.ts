// A primary and its synchronous standby, for tests of fail-overs.
import { eventually } from '../../../../e2e/eventually.ts'
import { type Cluster, startCluster, startStandby } from './cluster.ts'
import { execute } from './databases.ts'

export interface SynchronousPair {
  readonly old: Cluster
  readonly next: Cluster
}

/** Resolves when the primary `old` acknowledges no commit that the standby `next` has not confirmed. */
export async function synchronousPair(): Promise<SynchronousPair> {
  const old = await startCluster()
  const next = await startStandby(old, 'next')
  await setParameter(old, `synchronous_standby_names = 'next'`)
  await eventually(
    async () => (await execute(old.url, `SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'`)).length > 0,
    { within: 60_000, what: 'the standby is synchronous' },
  )
  return { old, next }
}

/**
 * Gives the promoted cluster a new standby. Without a standby, replicas may not acknowledge commits of this cluster.
 */
export async function declareStandby(cluster: Cluster): Promise<void> {
  cluster.receiveWal()
  await setParameter(cluster, `synchronous_standby_names = 'pg_receivewal'`)
}

export async function setParameter({ url }: Cluster, setting: string): Promise<void> {
  await execute(url, `ALTER SYSTEM SET ${setting}`)
  await execute(url, 'SELECT pg_reload_conf()')
}
