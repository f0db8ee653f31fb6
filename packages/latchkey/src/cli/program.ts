// The commands of the command line, and the help of the program.
import { Command } from 'commander'
import { VERSION } from '../version.ts'
import { exampleText } from './command.ts'
import { addAdminKeys } from './commands/admin-keys.ts'
import { addAfterRestore } from './commands/after-restore.ts'
import { addAgent } from './commands/agent.ts'
import { addApis } from './commands/apis.ts'
import { addApply } from './commands/apply.ts'
import { addAudit } from './commands/audit.ts'
import { addBackup } from './commands/backup.ts'
import { addCompletion } from './commands/completion.ts'
import { addConfig } from './commands/config.ts'
import { addCopy } from './commands/copy.ts'
import { addDoctor } from './commands/doctor.ts'
import { addExport } from './commands/export.ts'
import { addGateway } from './commands/gateway.ts'
import { addIntegrations } from './commands/integrations.ts'
import { addKeys } from './commands/keys.ts'
import { addLicenses } from './commands/licenses.ts'
import { addMigrate } from './commands/migrate.ts'
import { addMock } from './commands/mock.ts'
import { addOperators, addSetUpLink } from './commands/operators.ts'
import { addRestore } from './commands/restore.ts'
import { addScopes } from './commands/scopes.ts'
import { addCredentials } from './commands/credentials.ts'
import { addIssuers } from './commands/issuers.ts'
import { addTrust } from './commands/trust.ts'
import { addSecrets } from './commands/secrets.ts'
import { addServe } from './commands/serve.ts'
import { addToken } from './commands/token.ts'
import { addTokens } from './commands/tokens.ts'
import { addWatch } from './commands/watch.ts'
import type { Terminal } from './terminal.ts'

/** Builds the command line. A command that chooses its own exit code passes the code to `done`. */
export function program(terminal: Terminal, done: (exitCode: number) => void): Command {
  const latchkey = new Command('latchkey')
    .description(
      'A machine-to-machine OAuth 2.0 authorization server: at most one live access token per integration and scope.',
    )
    .version(VERSION, '-v, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .configureHelp({ subcommandTerm: (command) => command.name() })
    .exitOverride()
    // Refusals are reported in run-command.ts, as text or as JSON.
    .configureOutput({
      outputError: () => undefined,
      writeOut: (text) => {
        terminal.data(text.trimEnd())
      },
      writeErr: (text) => {
        terminal.remark(text.trimEnd())
      },
    })
  latchkey.commandsGroup('The server:')
  addServe(latchkey, terminal, done)
  addMock(latchkey, terminal, done)
  addDoctor(latchkey, terminal, done)
  addMigrate(latchkey, terminal)
  addBackup(latchkey, terminal)
  addRestore(latchkey, terminal)
  addAfterRestore(latchkey, terminal)
  addCopy(latchkey, terminal)
  addConfig(latchkey, terminal)
  addCompletion(latchkey, terminal)
  addLicenses(latchkey, terminal)
  latchkey.commandsGroup('Who asks for tokens:')
  addGateway(latchkey, terminal, done)
  addAgent(latchkey, terminal, done)
  addIntegrations(latchkey, terminal)
  addSecrets(latchkey, terminal)
  addCredentials(latchkey, terminal)
  addTrust(latchkey, terminal)
  addIssuers(latchkey, terminal)
  addTokens(latchkey, terminal)
  addWatch(latchkey, terminal, done)
  addToken(latchkey, terminal, done)
  latchkey.commandsGroup('What tokens are for:')
  addScopes(latchkey, terminal)
  addApis(latchkey, terminal)
  addKeys(latchkey, terminal)
  latchkey.commandsGroup('Who administers:')
  addAdminKeys(latchkey, terminal)
  addOperators(latchkey, terminal)
  addSetUpLink(latchkey, terminal)
  addAudit(latchkey, terminal, done)
  latchkey.commandsGroup('All of it in a file:')
  addApply(latchkey, terminal)
  addExport(latchkey, terminal)
  return latchkey.addHelpText('after', NOTES)
}

const NOTES = `${exampleText([
  'latchkey serve',
  "latchkey integrations create --name 'Billing sync' --scope machinelearning.predict",
  'latchkey watch',
  'latchkey doctor',
])}

On a terminal, lists are tables; elsewhere they are lines with tabs between the
columns. --json prints one document.

Exit codes: 0 done, 1 failure, 2 usage or configuration, 3 not found or
conflict, 4 key refused, 5 server unreachable, 6 a check found problems,
130 interrupted.`
