// latchkey secrets: lists, rotates, ends and reveals client secrets.
import type { Command } from 'commander'
import type { IntegrationSecret, List, RevealedSecret } from '../../http/contract/admin-api.ts'
import { adminClient, at } from '../admin-api/admin-client.ts'
import { CliFailure, EXIT } from '../cli-failure.ts'
import { command, destructive, group, INTEGRATION_ARGUMENT, listCommand, type Options } from '../command.ts'
import { confirm } from '../confirm.ts'
import { identityColumns, safetyOf, useColumns } from '../safe-to-retire.ts'
import { showDone, showJson, type Shown } from '../show.ts'
import { type Column, showTable, type TableOptions, timeColumn } from '../table.ts'
import { printable, type Terminal } from '../terminal.ts'
import { addRotateSecret } from './rotate-secret.ts'

export function addSecrets(latchkey: Command, terminal: Terminal): void {
  const secrets = group(latchkey, 'secrets', 'the client secrets of an integration: at most two')
  addList(secrets, terminal)
  addRotateSecret(secrets, terminal)
  addEnd(secrets, terminal)
  addReveal(secrets, terminal)
}

function addList(secrets: Command, terminal: Terminal): void {
  const text = {
    does: 'show its secrets without their text, their last uses, and which of them are safe to end',
    examples: ['latchkey secrets list lk0123456789abcd'],
  }
  listCommand(secrets, 'list', text)
    .argument(...INTEGRATION_ARGUMENT)
    .action(async (which: string, { json, wide }: Shown & TableOptions) => {
      const { items } = await secretsOf(which, terminal)
      if (json === true) showJson(terminal, { items })
      else showTable(terminal, items, { columns: COLUMNS, wide })
    })
}

const COLUMNS: readonly Column<IntegrationSecret>[] = [
  ...identityColumns,
  { heading: 'ORIGIN', value: ({ origin }) => origin, isWide: true },
  { ...timeColumn<IntegrationSecret>('CREATED', ({ created_at }) => created_at), isWide: true },
  timeColumn<IntegrationSecret>('ENDS', ({ ends_at }) => ends_at),
  ...useColumns,
]

const secretsOf = (which: string, terminal: Terminal) =>
  adminClient(terminal.env).get<List<IntegrationSecret>>(at`/integrations/${which}/secrets`)

function addEnd(secrets: Command, terminal: Terminal): void {
  const text = {
    does: 'end a secret now; live tokens stay',
    examples: [
      'latchkey secrets end lk0123456789abcd sec_…',
      'latchkey secrets end lk0123456789abcd sec_… --yes --json',
    ],
  }
  destructive(secrets, 'end', text)
    .argument(...INTEGRATION_ARGUMENT)
    .argument('<secret>', 'the id of the secret (sec_…), as "latchkey secrets list" shows it')
    .action(async (which: string, secret: string, options: Options) => {
      const path = at`/integrations/${which}/secrets/${secret}/end`
      const safety = safetyOf((await secretsOf(which, terminal)).items, secret)
      await confirm(
        terminal,
        options,
        `This ends the secret ${printable(secret)} now: programs that use it get no more tokens.${safety}`,
      )
      const ended = await adminClient(terminal.env).post<IntegrationSecret>(path)
      showDone(terminal, options, {
        document: ended,
        said: `Ended the secret ${printable(ended.id)}. Live tokens stay live.`,
      })
    })
}

function addReveal(secrets: Command, terminal: Terminal): void {
  const text = {
    does: 'print a secret; the audit trail records this',
    examples: ['latchkey secrets reveal lk0123456789abcd', 'latchkey secrets reveal lk0123456789abcd sec_… --json'],
  }
  command(secrets, 'reveal', text)
    .argument(...INTEGRATION_ARGUMENT)
    .argument('[secret]', 'the id of the secret (sec_…); optional if only one can be revealed')
    .action(async (which: string, secret: string | undefined, { json }: Shown) => {
      const id = secret ?? (await onlySecret(which, terminal))
      const path = at`/integrations/${which}/secrets/${id}/reveal`
      const revealed = await adminClient(terminal.env).post<RevealedSecret>(path)
      if (json === true) showJson(terminal, revealed)
      else terminal.data(revealed.client_secret)
    })
}

async function onlySecret(which: string, terminal: Terminal): Promise<string> {
  const { items } = await secretsOf(which, terminal)
  const [only, ...others] = items.filter(({ revealable, status }) => revealable && status !== 'ended')
  if (only !== undefined && others.length === 0) return only.id
  const message =
    only === undefined
      ? 'No secret of the integration can be revealed: imported secrets never can, and no secret can while LATCHKEY_SECRET_REVEAL is never. To get a secret, rotate it.'
      : `Several secrets can be revealed. Give the id of one secret: ${[only, ...others].map(({ id }) => printable(id)).join(' or ')}.`
  const [code, exitCode] =
    only === undefined ? (['not_revealable', EXIT.notFoundOrConflict] as const) : (['usage', EXIT.usage] as const)
  throw new CliFailure({ code, exitCode, message })
}
