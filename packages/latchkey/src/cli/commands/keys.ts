// latchkey keys: lists, rotates and revokes the signing keys.
import type { Command } from 'commander'
import type { List, RevokedSigningKey, SigningKey } from '../../http/contract/admin-api.ts'
import { adminClient, at } from '../admin-api/admin-client.ts'
import { command, destructive, group, listCommand, type Options } from '../command.ts'
import { confirm } from '../confirm.ts'
import { orDash, showDone, showJson, type Shown } from '../show.ts'
import { type Column, showTable, type TableOptions, timeColumn } from '../table.ts'
import { printable, type Terminal } from '../terminal.ts'

export function addKeys(latchkey: Command, terminal: Terminal): void {
  const keys = group(latchkey, 'keys', 'the keys that sign tokens')
  addList(keys, terminal)
  addRotate(keys, terminal)
  addRevoke(keys, terminal)
}

function addList(keys: Command, terminal: Terminal): void {
  listCommand(keys, 'list', {
    does: 'show the signing keys and their states',
    examples: ['latchkey keys list'],
  }).action(async ({ json, wide }: Shown & TableOptions) => {
    const { items } = await adminClient(terminal.env).get<List<SigningKey>>('/keys')
    if (json === true) showJson(terminal, { items })
    else showTable(terminal, items, { columns: COLUMNS, wide })
  })
}

const COLOURS = { next: 'yellow', signing: 'green', retired: 'gray', revoked: 'red' } as const

const COLUMNS: readonly Column<SigningKey>[] = [
  { heading: 'KEY ID', value: ({ kid }) => kid, narrow: 'kept' },
  { heading: 'ALGORITHM', value: ({ alg }) => alg, isWide: true },
  { heading: 'STATUS', value: ({ status }) => status, narrow: 'kept', colour: ({ status }) => COLOURS[status] },
  { ...timeColumn<SigningKey>('CREATED', ({ created_at }) => created_at), isWide: true },
  timeColumn<SigningKey>('SIGNS FROM', ({ signs_from }) => signs_from),
  { ...timeColumn<SigningKey>('RETIRED', ({ retired_at }) => retired_at), isWide: true },
  timeColumn<SigningKey>('ACCEPTED UNTIL', ({ accepted_until }) => accepted_until),
]

function addRotate(keys: Command, terminal: Terminal): void {
  const text = {
    does: 'publish the next key; it signs once all verifiers have had time to fetch it',
    examples: ['latchkey keys rotate'],
  }
  command(keys, 'rotate', text).action(async (shown: Shown) => {
    const next = await adminClient(terminal.env).post<SigningKey>('/keys/rotate')
    const said = `Published the key ${printable(next.kid)}. It signs from ${printable(orDash(next.signs_from))} on. Tokens of the previous key stay valid until they expire.`
    showDone(terminal, shown, { document: next, said })
  })
}

function addRevoke(keys: Command, terminal: Terminal): void {
  const text = {
    does: 'for emergencies: refuse every token that the key signed, at once',
    examples: ['latchkey keys revoke <kid>', 'latchkey keys revoke <kid> --yes'],
  }
  destructive(keys, 'revoke', text)
    .argument('<kid>', 'the id of the key, as "latchkey keys list" shows it')
    // The command accepts an id that begins with a minus, as one id in 64 does.
    .allowUnknownOption()
    .action(async (kid: string, options: Options) => {
      const path = at`/keys/${kid}/revoke`
      const act = `This revokes the signing key ${printable(kid)}: every token that it signed is refused at once.`
      await confirm(terminal, options, act)
      const revoked = await adminClient(terminal.env).post<RevokedSigningKey>(path)
      showDone(terminal, options, {
        document: revoked,
        said: `Revoked the key ${printable(kid)}. Its tokens are refused from now on, and another key signs.`,
      })
    })
}
