// latchkey tokens: lists and revokes the live tokens, and shows their history.
import type { Command } from 'commander'
import type { Integration, List, RevokedTokens, Slot } from '../../http/contract/admin-api.ts'
import { adminClient, at } from '../admin-api/admin-client.ts'
import { destructive, group, INTEGRATION_ARGUMENT, listCommand, type Options } from '../command.ts'
import { confirm } from '../confirm.ts'
import { quoted, showDone, showJson, type Shown } from '../show.ts'
import { showTable, type TableOptions } from '../table.ts'
import { printable, type Terminal } from '../terminal.ts'
import { SLOT_COLUMNS } from './slot-columns.ts'
import { addTokenHistory } from './token-history.ts'

export function addTokens(latchkey: Command, terminal: Terminal): void {
  const tokens = group(latchkey, 'tokens', 'the live tokens, at most one for each integration and scope')
  addList(tokens, terminal)
  addTokenHistory(tokens, terminal)
  addRevoke(tokens, terminal)
}

function addList(tokens: Command, terminal: Terminal): void {
  const text = {
    does: 'show the live tokens, least time left first, or the slots of one integration',
    examples: ['latchkey tokens list', 'latchkey tokens list lk0123456789abcd --json'],
  }
  listCommand(tokens, 'list', text)
    .argument('[integration]', INTEGRATION_ARGUMENT[1])
    .action(async (which: string | undefined, { json, wide }: Shown & TableOptions) => {
      const items = await slots(which, terminal)
      if (json === true) showJson(terminal, { items })
      else if (items.length > 0) showTable(terminal, items, { columns: SLOT_COLUMNS, wide })
      else terminal.remark('No token is live.')
    })
}

async function slots(which: string | undefined, terminal: Terminal): Promise<readonly Slot[]> {
  const server = adminClient(terminal.env)
  if (which !== undefined) {
    return (await server.get<List<Slot>>(at`/integrations/${which}/tokens`)).items
  }
  return Array.fromAsync(server.items<Slot>('/tokens'))
}

interface RevokeOptions extends Options {
  readonly scope?: string
}

function addRevoke(tokens: Command, terminal: Terminal): void {
  const text = {
    does: 'end the live token of one scope, or all tokens of the integration; it may ask for new ones',
    examples: [
      'latchkey tokens revoke lk0123456789abcd --scope machinelearning.predict',
      'latchkey tokens revoke lk0123456789abcd --yes',
    ],
  }
  destructive(tokens, 'revoke', text)
    .argument(...INTEGRATION_ARGUMENT)
    .option('--scope <scope>', 'only the token of this scope; needs no confirmation')
    .action(async (which: string, options: RevokeOptions) => {
      const server = adminClient(terminal.env)
      const { scope } = options
      if (scope === undefined) {
        const { name, client_id } = await server.get<Integration>(at`/integrations/${which}`)
        await confirm(terminal, options, `This ends every live token of ${quoted(name)} (${printable(client_id)}) now.`)
      }
      const path = scope === undefined ? at`/integrations/${which}/tokens` : at`/integrations/${which}/tokens/${scope}`
      const answer = await server.remove<RevokedTokens>(path)
      const of = scope === undefined ? '' : ` of ${printable(scope)}`
      showDone(terminal, options, { document: answer, said: said(answer.revoked, of) })
    })
}

function said(revoked: number, of: string): string {
  if (revoked === 0) return `No token${of} was live.`
  return revoked === 1 ? `Revoked the token${of}.` : `Revoked ${String(revoked)} tokens.`
}
