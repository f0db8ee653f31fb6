// latchkey config: shows and checks the configuration.
import type { Command } from 'commander'
import { printConfig, type PrintOptions } from '../config-print.ts'
import { command, listCommand } from '../command.ts'
import { type Shown, showDone } from '../show.ts'
import type { Terminal } from '../terminal.ts'
import { readAdminTarget } from '../../config/read-client-config.ts'
import { readConfig } from '../../config/read-config.ts'
import { readSettings } from '../../config/read-settings.ts'
import { tokenClientSettings } from '../../config/settings.ts'
import { configurationUnusable } from '../cli-failure.ts'

export function addConfig(latchkey: Command, terminal: Terminal): void {
  const config = latchkey.command('config').description('the configuration').helpCommand(false)
  const print = {
    does: 'show the settings in force; secrets are not shown',
    examples: ['LATCHKEY_PORT=9000 latchkey config print --origin'],
  }
  listCommand(config, 'print', print)
    .option('--origin', 'also show where each value comes from')
    .action((options: PrintOptions) => {
      printConfig(options, terminal)
    })
  const check = {
    does: 'report every problem in the settings without starting anything; exit code 2 if there is one',
    examples: ['latchkey config check', 'LATCHKEY_PUBLIC_URL=https://auth.example.com latchkey config check --json'],
  }
  command(config, 'check', check).action((options: Shown) => {
    checkConfig(options, terminal)
  })
}

/** Reports every problem in the settings of the server and of the command line. */
function checkConfig(shown: Shown, terminal: Terminal): void {
  const { env } = terminal
  const server = readConfig({ env, flags: {} })
  const target = readAdminTarget(env)
  const client = readSettings(tokenClientSettings, { env, flags: {} })
  const found = [...(server.ok ? [] : server.refusal), ...(target.ok ? [] : target.refusal), ...client.problems]
  // Several readers may report the same unknown variable. Keeps only one of these problems.
  const problems = found.filter(
    (one, index) =>
      found.findIndex((other) => other.setting === one.setting && other.problem === one.problem) === index,
  )
  if (problems.length > 0) throw configurationUnusable(problems)
  showDone(terminal, shown, { document: { usable: true, problems: [] }, said: 'The configuration is usable.' })
}
