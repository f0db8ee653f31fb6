// latchkey config check: reports every problem in the settings of the server and of the command line.
import { readAdminTarget } from '../config/read-client-config.ts'
import { readConfig } from '../config/read-config.ts'
import { readSettings } from '../config/read-settings.ts'
import { tokenClientSettings } from '../config/settings.ts'
import { configurationUnusable } from './cli-failure.ts'
import { showDone, type Shown } from './show.ts'
import type { Terminal } from './terminal.ts'

export function checkConfig(shown: Shown, terminal: Terminal): void {
  const { env } = terminal
  const server = readConfig({ env, flags: {} })
  const target = readAdminTarget(env)
  const client = readSettings(tokenClientSettings, { env, flags: {} })
  const found = [...(server.ok ? [] : server.refusal), ...(target.ok ? [] : target.refusal), ...client.problems]
  // Each reader reports unknown variables, so the same problem can occur more than once.
  const problems = found.filter(
    (one, index) =>
      found.findIndex((other) => other.setting === one.setting && other.problem === one.problem) === index,
  )
  if (problems.length > 0) throw configurationUnusable(problems)
  showDone(terminal, shown, { document: { usable: true, problems: [] }, said: 'The configuration is usable.' })
}
