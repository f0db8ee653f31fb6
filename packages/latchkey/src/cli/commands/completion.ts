// latchkey completion: the script that lets a shell complete commands, options and their values.
import type { Command } from 'commander'
import type { Integration, IntegrationQuery } from '../../http/contract/admin-api.ts'
import { adminClient } from '../admin-api/admin-client.ts'
import { command } from '../command.ts'
import { bashScript } from '../completion/bash.ts'
import { commandTree } from '../completion/command-tree.ts'
import { fishScript } from '../completion/fish.ts'
import { zshScript } from '../completion/zsh.ts'
import { showJson, type Shown } from '../show.ts'
import { printable, type Terminal } from '../terminal.ts'

const SHELLS = {
  bash: { script: bashScript, example: 'source <(latchkey completion bash)' },
  zsh: { script: zshScript, example: 'source <(latchkey completion zsh)   # after compinit' },
  fish: { script: fishScript, example: 'latchkey completion fish | source' },
} as const

export function addCompletion(latchkey: Command, terminal: Terminal): void {
  const completion = latchkey
    .command('completion')
    .description('print a completion script for a shell')
    .helpCommand(false)
  for (const [shell, { script, example }] of Object.entries(SHELLS)) {
    const does = `for ${shell}: put the example into the shell's start file`
    command(completion, shell, { does, examples: [example] }).action(({ json }: Shown) => {
      const text = script(commandTree(latchkey))
      if (json === true) showJson(terminal, { shell, script: text })
      else terminal.data(text.trimEnd())
    })
  }
  addIntegrationWords(completion, terminal)
}

/**
 * The completion scripts run this command. Each line has a client ID, a tab and the name, which zsh and fish show next
 * to the client ID.
 */
function addIntegrationWords(completion: Command, terminal: Terminal): void {
  const text = {
    does: 'print the client IDs that a shell completes',
    examples: ['latchkey completion integrations'],
    isHidden: true,
  }
  command(completion, 'integrations', text).action(async ({ json }: Shown) => {
    const found = adminClient(terminal.env).items<Integration, IntegrationQuery>('/integrations', {}, MOST_WORDS)
    const items = await Array.fromAsync(found, ({ client_id, name }) => ({ client_id, name }))
    if (json === true) showJson(terminal, { items })
    else for (const { client_id, name } of items) terminal.data(`${client_id}\t${printable(name)}`)
  })
}

/** The largest number of client IDs. A longer list would fill several screens of the shell. */
const MOST_WORDS = 200
