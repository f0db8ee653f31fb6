// latchkey config: the configuration, shown and checked.
import type { Command } from 'commander'
import { checkConfig } from '../config-check.ts'
import { printConfig, type PrintOptions } from '../config-print.ts'
import { command } from '../command.ts'
import type { Shown } from '../show.ts'
import type { Terminal } from '../terminal.ts'

export function addConfig(latchkey: Command, terminal: Terminal): void {
  const config = latchkey.command('config').description('the configuration').helpCommand(false)
  const print = {
    does: 'show the settings in force; secrets are not shown',
    examples: ['LATCHKEY_PORT=9000 latchkey config print --origin'],
  }
  command(config, 'print', print)
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
