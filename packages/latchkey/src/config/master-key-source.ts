// The source of the master key, for commands that need no master key.
import { accept, refuse, type Result } from '@latchkey/protocol'
import type { ConfigProblem } from './config-problem.ts'
import type { Environment } from './environment.ts'
import { readSettings } from './read-settings.ts'
import type { SecretSource } from './setting.ts'
import { serverSettings } from './settings.ts'

/** Returns undefined if no variable is set. */
export function readMasterKeySource(env: Environment): Result<SecretSource | undefined, readonly ConfigProblem[]> {
  const { values, problems } = readSettings({ masterKey: serverSettings.masterKey }, { env, flags: {} })
  return problems.length > 0 ? refuse(problems) : accept(values.masterKey)
}
