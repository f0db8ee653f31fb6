// latchkey completion: the script that lets a shell complete commands, options and their values.
import type { Command } from 'commander'
import { command } from '../command.ts'
import { bashScript } from '../completion/bash.ts'
import { commandTree } from '../completion/command-tree.ts'
import { fishScript } from '../completion/fish.ts'
import { zshScript } from '../completion/zsh.ts'
import { showJson, type Shown } from '../show.ts'
import type { Terminal } from '../terminal.ts'

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
}
