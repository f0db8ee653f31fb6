// The command line's grammar: commands, flags, help.
import { Command } from 'commander'
import { serveHelp } from '../config/document.ts'
import { flagName } from '../config/read-settings.ts'
import type { ServerFlags } from '../config/read-config.ts'
import { serverSettings } from '../config/settings.ts'
import { VERSION } from '../version.ts'
import { deleteIntegration, disableIntegration, enableIntegration } from './change-integration.ts'
import { printConfig } from './config-print.ts'
import { createIntegration, type CreateOptions } from './create-integration.ts'
import { listIntegrations } from './list-integrations.ts'
import type { Terminal } from './terminal.ts'

const JSON_FLAG = ['--json', 'print one JSON document, also for errors'] as const

/** `done` gets the exit code of a command that ends with one of its own. */
export function program(terminal: Terminal, done: (exitCode: number) => void): Command {
  const latchkey = new Command('latchkey')
    .description(
      'A machine-to-machine OAuth 2.0 authorization server: at most one live access token per integration and scope.',
    )
    .version(VERSION, '-v, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .exitOverride()
    // Refusals are reported in one place, as text or as JSON.
    .configureOutput({
      outputError: () => undefined,
      writeOut: (text) => {
        terminal.data(text.trimEnd())
      },
      writeErr: (text) => {
        terminal.remark(text.trimEnd())
      },
    })
  addServe(latchkey, terminal, done)
  addIntegrations(latchkey, terminal)
  addConfig(latchkey, terminal)
  return latchkey.addHelpText('after', NOTES)
}

const NOTES = `
Examples:
  latchkey serve
  latchkey integrations create --name 'Billing sync' --scope machinelearning.predict
  latchkey config print --origin

Exit codes: 0 done, 1 failure, 2 usage or configuration, 3 not found or conflict, 4 key refused, 5 server unreachable.`

function addServe(latchkey: Command, terminal: Terminal, done: (exitCode: number) => void): void {
  const command = latchkey.command('serve').description('run the server until SIGINT or SIGTERM')
  for (const [key, row] of Object.entries(serverSettings)) {
    if (row.secret) continue
    command.option(`${flagName(key)} <${row.kind.placeholder}>`, row.doc)
  }
  command.option('--listen-all', 'the same as --host 0.0.0.0')
  // The table has more to say about a flag than a column of a list holds.
  command.configureHelp({ formatHelp: serveText })
  command.action(async (flags: ServerFlags) => {
    // Loaded when it is asked for: the other commands need neither the store nor the listeners.
    const { serve } = await import('./serve.ts')
    done(await serve(flags, terminal))
  })
}

const serveText = (): string => `Usage: latchkey serve [options]

Run the server until SIGINT or SIGTERM. A flag goes before its variable of the environment; secrets have no flag.

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

function addIntegrations(latchkey: Command, terminal: Terminal): void {
  const integrations = latchkey
    .command('integrations')
    .description('the integrations of the running server')
    .helpCommand(false)
  integrations.addHelpText('after', INTEGRATIONS_NOTES)
  integrations
    .command('create')
    .description('make an integration and show its client secret')
    .requiredOption('--name <name>', 'what the program is, for example "Billing sync"')
    .requiredOption('--scope <scope>', 'a scope it may have tokens for; repeat it for more', collected)
    .option('--resource-server', "let it introspect other integrations' tokens of these scopes")
    .option(...JSON_FLAG)
    .addHelpText('after', CREATE_EXAMPLES)
    .action((options: CreateOptions) => createIntegration(options, terminal))
  integrations
    .command('list')
    .description('show every integration, the oldest first')
    .option(...JSON_FLAG)
    .addHelpText('after', '\nExample:\n  latchkey integrations list --json')
    .action((options: { json?: true }) => listIntegrations(options, terminal))
  const changes = [
    { verb: 'disable', description: 'end its live tokens and give it no new ones', act: disableIntegration },
    { verb: 'enable', description: 'let a disabled integration ask for tokens again', act: enableIntegration },
    { verb: 'delete', description: 'remove it for good, with its secrets and tokens', act: deleteIntegration },
  ] as const
  for (const { verb, description, act } of changes) {
    integrations
      .command(verb)
      .description(description)
      .argument('<integration>', 'its client ID (lk…) or its id (int_…)')
      .option(...JSON_FLAG)
      .addHelpText('after', `\nExample:\n  latchkey integrations ${verb} lk0123456789abcd`)
      .action((which: string, options: { json?: true }) => act(which, options, terminal))
  }
}

const collected = (scope: string, before: readonly string[] = []): readonly string[] => [...before, scope]

const CREATE_EXAMPLES = `
Examples:
  latchkey integrations create --name 'Billing sync' --scope machinelearning.predict
  latchkey integrations create --name 'Models API' --scope machinelearning.model --resource-server --json`

const INTEGRATIONS_NOTES = `
The server is the one that runs on the data folder (LATCHKEY_DATA_DIR), or the one at LATCHKEY_ADMIN_URL. The admin key
is read from LATCHKEY_ADMIN_KEY, from the file that LATCHKEY_ADMIN_KEY_FILE names, or from admin.key in the data folder.`

function addConfig(latchkey: Command, terminal: Terminal): void {
  const config = latchkey.command('config').description('the configuration').helpCommand(false)
  config
    .command('print')
    .description('show the settings in force; secrets are not shown')
    .option('--origin', 'say where each comes from')
    .option(...JSON_FLAG)
    .addHelpText('after', '\nExample:\n  LATCHKEY_PORT=9000 latchkey config print --origin')
    .action((options: { origin?: true; json?: true }) => {
      printConfig(options, terminal)
    })
}
