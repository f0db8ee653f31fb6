// latchkey serve: runs the server. Its flags are the settings of the server.
import type { Command } from 'commander'
import { serveHelp } from '../../config/document.ts'
import type { ServerFlags } from '../../config/read-config.ts'
import { flagName } from '../../config/read-settings.ts'
import { serverSettings } from '../../config/settings.ts'
import type { Terminal } from '../terminal.ts'

export function addServe(latchkey: Command, terminal: Terminal, done: (exitCode: number) => void): void {
  const command = latchkey.command('serve').description('run the server until SIGINT or SIGTERM')
  for (const [key, row] of Object.entries(serverSettings)) {
    if (row.secret) continue
    command.option(`${flagName(key)} <${row.kind.placeholder}>`, row.doc)
  }
  command.option('--listen-all', 'the same as --host 0.0.0.0')
  // Prints each description below its flag, because the descriptions are too long for a column.
  command.configureHelp({ formatHelp: serveText })
  command.action(async (flags: ServerFlags) => {
    // The server is imported only here, because the other commands need neither the store nor the listeners.
    const { serve } = await import('../serve.ts')
    done(await serve(flags, terminal))
  })
}

const serveText = (): string => `Usage: latchkey serve [options]

Run the server until SIGINT or SIGTERM. A flag overrides its environment
variable. Secrets have no flag.

${serveHelp()}

Other flags:
  --listen-all
      The same as --host 0.0.0.0, for containers: opens the public listener alone.
  -h, --help

Examples:
  latchkey serve
  latchkey serve --port 9000 --admin-port 9001 --data-dir /var/lib/latchkey
  latchkey serve --listen-all --public-url https://auth.example.com
`
