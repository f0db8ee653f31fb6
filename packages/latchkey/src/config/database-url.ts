// Reads the URL of the PostgreSQL database from its setting or its file. No problem repeats the URL.
import { readFileSync } from 'node:fs'
import { accept, refuse, type Result, Secret } from '@latchkey/protocol'
import type { ConfigProblem } from './config-problem.ts'
import type { Environment } from './environment.ts'
import { irregularFile, readSettings } from './read-settings.ts'
import type { SecretSource } from './setting.ts'
import { serverSettings } from './settings.ts'

const { env: SETTING } = serverSettings.databaseUrl

/** Returns undefined if no URL is set. */
export function readDatabaseUrl(source: SecretSource | undefined): Result<Secret | undefined, ConfigProblem> {
  if (source === undefined) return accept(undefined)
  const irregular = source.kind === 'file' ? irregularFile(`${SETTING}_FILE`, source.path) : undefined
  if (irregular !== undefined) return refuse(irregular)
  const text = source.kind === 'text' ? source.value.reveal() : textOf(source.path)
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isPostgres = /^postgres(?:ql)?:\/\//i.test(text)
  if (isPostgres && url !== undefined && url.pathname.length > 1) return accept(new Secret(text))
  return refuse({
    setting: SETTING,
    problem: 'is not the URL of a PostgreSQL database',
    cure: 'Write it as postgres://user:password@host:5432/database, with special characters of the password percent-encoded.',
  })
}

/** Reads the URL for a command that works directly on the database. Refuses a missing URL. */
export function readDatabaseConfig(env: Environment): Result<Secret, readonly ConfigProblem[]> {
  const { values, problems } = readSettings({ databaseUrl: serverSettings.databaseUrl }, { env, flags: {} })
  if (problems.length > 0) return refuse(problems)
  const url = readDatabaseUrl(values.databaseUrl)
  if (!url.ok) return refuse([url.refusal])
  if (url.value !== undefined) return accept(url.value)
  const cure = 'Set it to the database of the servers, as postgres://user:password@host:5432/database.'
  return refuse([{ setting: SETTING, problem: 'is not set', cure }])
}

// An unreadable file counts as empty here, because the check of the settings reports it.
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return ''
  }
}
