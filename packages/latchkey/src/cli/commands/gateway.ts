// latchkey gateway: runs a gateway, or prints a configuration file to start from.
import type { Command } from 'commander'
import { gatewayFile } from '../../config/gateway-document.ts'
import { unusable } from '../cli-failure.ts'
import { exampleText } from '../command.ts'
import type { Terminal } from '../terminal.ts'

interface GatewayOptions {
  readonly config?: string
  readonly printConfig?: true
}

export function addGateway(latchkey: Command, terminal: Terminal, done: (exitCode: number) => void): void {
  latchkey
    .command('gateway')
    .description('run the gateway, a reverse proxy in front of your APIs')
    .option('--config <file>', 'the file with its settings, in YAML')
    .option('--print-config', 'print a file with every setting and its default')
    .addHelpText('after', `${NOTES}\n${exampleText(EXAMPLES)}`)
    .action(async ({ config, printConfig }: GatewayOptions) => {
      if (printConfig === true) {
        terminal.data(gatewayFile().trimEnd())
        return
      }
      if (config === undefined)
        throw unusable(
          'The file with the settings is missing. Give it with --config, or print one with --print-config.',
        )
      // The gateway is imported only here, because the other commands need no proxy.
      const { runGateway } = await import('../run-gateway.ts')
      done(await runGateway(config, terminal))
    })
}

const EXAMPLES = ['latchkey gateway --print-config > gateway.yaml', 'latchkey gateway --config gateway.yaml']

const NOTES = `
The credentials of its integration, which needs the resource-server right for
the scopes of the APIs, are read from LATCHKEY_CLIENT_ID, and from one of
LATCHKEY_CLIENT_SECRET, LATCHKEY_CLIENT_SECRET_FILE,
LATCHKEY_CLIENT_PRIVATE_KEY_FILE and LATCHKEY_CLIENT_ASSERTION_FILE.`
