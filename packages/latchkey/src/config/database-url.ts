// Reads the URL of the PostgreSQL database from the environment variable or from a file. The URL contains a password,
// so no message quotes it.
import { readFileSync } from 'node:fs'
import { accept, refuse, type Result, Secret } from '@latchkey/protocol'
import type { ConfigProblem } from './config-problem.ts'
import type { Environment } from './environment.ts'
import { irregularFile, readSettings } from './read-settings.ts'
import type { SecretSource } from './setting.ts'
import { serverSettings } from './settings.ts'

const { env: SETTING } = serverSettings.databaseUrl

/** Returns the URL. Undefined if no URL is set. Refuses a text that is not the URL of a PostgreSQL database. */
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
    cure: 'Write the URL as postgres://user:password@host:5432/database, with special characters of the password percent-encoded.',
  })
}

/** Reads the URL for a command that connects to the database itself. Refuses if no URL is set. */
export function readDatabaseConfig(env: Environment): Result<Secret, readonly ConfigProblem[]> {
  const { values, problems } = readSettings({ databaseUrl: serverSettings.databaseUrl }, { env, flags: {} })
  if (problems.length > 0) return refuse(problems)
  const url = readDatabaseUrl(values.databaseUrl)
  if (!url.ok) return refuse([url.refusal])
  if (url.value !== undefined) return accept(url.value)
  const cure = 'Set it to the database of the servers, as postgres://user:password@host:5432/database.'
  return refuse([{ setting: SETTING, problem: 'is not set', cure }])
}

// Returns the content of a file, or an empty text if the file cannot be read. Another check reports an unreadable file.
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return ''
  }
}
