// Checks the PostgreSQL database itself: whether Latchkey can use it, and whether tokens survive a fail-over.
import { readDatabaseConfig } from '../../config/database-url.ts'
import type { Environment } from '../../config/environment.ts'
import { readSettings } from '../../config/read-settings.ts'
import { serverSettings } from '../../config/settings.ts'
import type { DatabaseReport } from '../../server/offline-stores.ts'
import { configurationUnusable } from '../cli-failure.ts'
import { printable } from '../terminal.ts'
import { advice, type Finding, ok, problem, skipped } from './finding.ts'
import { areAllAwaited, readStandbyNames } from './standby-names.ts'

export type Failover = 'asynchronous' | 'synchronous'

const DATABASE = 'database'
const SCHEMA = 'schema'
const PRIMARY = 'primary'
const DURABILITY = 'durable commits'
const STANDBYS = 'synchronous standbys'
const CONNECTED = 'connected standbys'
const AFTER_FAILOVER = 'tokens after a fail-over'

/** Doctor names a standby that lacks more bytes of the log than this: one segment of the log. */
const MOST_MISSING_BYTES = 16 * 1024 * 1024

/** Throws `CliFailure` if the settings name no database. */
export async function examinePostgres(env: Environment): Promise<readonly Finding[]> {
  const url = readDatabaseConfig(env)
  if (!url.ok) throw configurationUnusable(url.refusal)
  // The database is imported only here, because the other checks need no database.
  const { databaseReport } = await import('../../server/offline-stores.ts')
  try {
    return findingsOf(await databaseReport(url.value), readFailover(env))
  } catch (cause) {
    return [unusable(cause instanceof Error ? cause.message : String(cause))]
  }
}

/** The first sentence of the message says what is wrong, and the rest says what to do. */
function unusable(message: string): Finding {
  const [, found = message, cure = ''] = /^(.*?)[.:] (.+)$/s.exec(message) ?? []
  return problem(
    DATABASE,
    printable(found),
    cure === '' ? 'Correct LATCHKEY_DATABASE_URL or the database.' : printable(cure),
  )
}

export const readFailover = (env: Environment): Failover =>
  readSettings({ databaseFailover: serverSettings.databaseFailover }, { env, flags: {} }).values.databaseFailover

function findingsOf(report: DatabaseReport, failover: Failover): readonly Finding[] {
  const usable = ok(DATABASE, `PostgreSQL ${printable(report.version)}, whose advisory locks lock`)
  const findings = [usable, schemaFinding(report), primaryFinding(report), durabilityFinding(report)]
  // A standby has standbys and settings of its own. Those of the primary decide.
  if (report.isStandby) return findings
  const standbys = [standbysFinding(report, failover), connectedFinding(report, failover)]
  const isKept = standbys.every(({ status }) => status !== 'problem')
  return [
    ...findings,
    ...standbys,
    isKept ? ok(AFTER_FAILOVER, AFTER[failover]) : skipped(AFTER_FAILOVER, 'mend the problems above first'),
  ]
}

const AFTER: Readonly<Record<Failover, string>> = {
  asynchronous: 'all tokens from before are refused; the old server must be off or unreachable for everybody',
  synchronous: 'tokens stay live; the promoted standby must be one that the old server waited for',
}

function schemaFinding({ schema: { pending } }: DatabaseReport): Finding {
  if (pending.length === 0) return ok(SCHEMA, 'up to date')
  return advice(
    SCHEMA,
    `missing steps: ${String(pending.length)}`,
    'The next server that starts applies them. Or apply them now: latchkey migrate up.',
  )
}

function primaryFinding({ isStandby, timeline }: DatabaseReport): Finding {
  if (!isStandby) return ok(PRIMARY, `this is the primary, on timeline ${String(timeline)}`)
  return problem(
    PRIMARY,
    'this is a standby, which takes no writes',
    'Name the primary in LATCHKEY_DATABASE_URL, or a proxy that leads to the primary.',
  )
}

function durabilityFinding({ fsync, synchronousCommit }: DatabaseReport): Finding {
  if (fsync) {
    const set = synchronousCommit === 'remote_apply' ? 'remote_apply' : 'on'
    const own = set === synchronousCommit ? '' : `, and each server sets synchronous_commit to ${set} for itself`
    return ok(DURABILITY, `fsync is on, synchronous_commit is ${printable(synchronousCommit)}${own}`)
  }
  return problem(
    DURABILITY,
    'fsync is off, so a crash can undo acknowledged commits',
    'Set fsync = on in postgresql.conf and restart PostgreSQL.',
  )
}

function standbysFinding({ standbyNames }: DatabaseReport, failover: Failover): Finding {
  const read = readStandbyNames(standbyNames)
  const setting = `synchronous_standby_names = '${printable(standbyNames)}'`
  if (failover === 'asynchronous') {
    return ok(
      STANDBYS,
      read.waitsFor === 0 ? 'none, and none is needed' : `${setting}, which asynchronous does not need`,
    )
  }
  if (read.waitsFor === 0) {
    return problem(
      STANDBYS,
      'synchronous_standby_names is empty, so every request gets 503',
      'Name one standby in synchronous_standby_names (Patroni: synchronous_mode and synchronous_mode_strict), or set LATCHKEY_DATABASE_FAILOVER to asynchronous.',
    )
  }
  if (areAllAwaited(read)) return ok(STANDBYS, `${setting}: each commit waits for all of them`)
  return advice(
    STANDBYS,
    `${setting}: each commit waits for ${String(read.waitsFor)} of ${read.names.includes('*') ? 'any number' : String(read.names.length)}`,
    'A standby that is not promoted can go on acknowledging the old primary. So the manager must fence the old primary before it promotes a standby (Patroni: watchdog with mode required), or each commit must wait for all named standbys.',
  )
}

function connectedFinding({ standbys }: DatabaseReport, failover: Failover): Finding {
  if (standbys === null) {
    return skipped(CONNECTED, 'the user may not read pg_stat_replication (GRANT pg_read_all_stats TO the user)')
  }
  const found = standbys
    .map(({ name, state, syncState, missingBytes }) =>
      printable(`${name} (${syncState}, ${state}, ${inMegabytes(missingBytes)} behind)`),
    )
    .join(', ')
  const isAwaited = standbys.some(({ syncState }) => syncState === 'sync' || syncState === 'quorum')
  if (failover === 'synchronous' && !isAwaited) {
    return problem(
      CONNECTED,
      found === '' ? 'none' : `${found}; none is synchronous`,
      'Commits wait until a synchronous standby is connected, and requests get 503. Start the standby, and check that its application_name stands in synchronous_standby_names.',
    )
  }
  const late = standbys.filter(({ missingBytes }) => missingBytes > MOST_MISSING_BYTES)
  if (late.length === 0) return ok(CONNECTED, found === '' ? 'none' : found)
  return advice(
    CONNECTED,
    found,
    `Find out why ${late.map(({ name }) => printable(name)).join(', ')} cannot keep up: its disk, its network, or a long query. Commits that a promoted standby lacks are lost.`,
  )
}

const inMegabytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MB`
