// latchkey agent: the command and its option.
import type { Command } from 'commander'
import { exampleText } from '../command.ts'
import type { Terminal } from '../terminal.ts'

export function addAgent(latchkey: Command, terminal: Terminal, done: (exitCode: number) => void): void {
  latchkey
    .command('agent')
    .description('give current tokens to the programs on this machine')
    .requiredOption('--config <file>', 'the file with its integrations, listeners and proxies, in YAML or JSON')
    .addHelpText('after', exampleText(['latchkey agent --config /etc/latchkey/agent.yaml']))
    .action(async (options: { readonly config: string }) => {
      // The agent is imported only here, because the other commands need neither the client library nor the proxy.
      const { agent } = await import('../agent.ts')
      done(await agent(options, terminal))
    })
}
