// Where the master key is, for commands that can do without it.
import { accept, refuse, type Result } from '@latchkey/protocol'
import type { ConfigProblem } from './config-problem.ts'
import type { Environment } from './environment.ts'
import { readSettings } from './read-settings.ts'
import type { SecretSource } from './setting.ts'
import { serverSettings } from './settings.ts'

/** Undefined when no variable names it. */
export function readMasterKeySource(env: Environment): Result<SecretSource | undefined, readonly ConfigProblem[]> {
  const { values, problems } = readSettings({ masterKey: serverSettings.masterKey }, { env, flags: {} })
  return problems.length > 0 ? refuse(problems) : accept(values.masterKey)
}
