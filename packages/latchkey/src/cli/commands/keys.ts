// latchkey keys: the signing keys: list, rotate, revoke.
import type { Command } from 'commander'
import type { List, RevokedSigningKey, SigningKey } from '../../http/contract/admin-api.ts'
import { adminClient, at } from '../admin-api/admin-client.ts'
import { command, destructive, group, type Options } from '../command.ts'
import { confirm } from '../confirm.ts'
import { orDash, showDone, showJson, type Shown, showTable } from '../show.ts'
import { printable, type Terminal } from '../terminal.ts'

export function addKeys(latchkey: Command, terminal: Terminal): void {
  const keys = group(latchkey, 'keys', 'the keys that sign tokens')
  addList(keys, terminal)
  addRotate(keys, terminal)
  addRevoke(keys, terminal)
}

const HEADINGS = ['KEY ID', 'ALGORITHM', 'STATUS', 'CREATED', 'SIGNS FROM', 'RETIRED', 'ACCEPTED UNTIL']

function addList(keys: Command, terminal: Terminal): void {
  command(keys, 'list', { does: 'show the keys and what each is doing', examples: ['latchkey keys list'] }).action(
    async ({ json }: Shown) => {
      const { items } = await adminClient(terminal.env).get<List<SigningKey>>('/keys')
      if (json === true) showJson(terminal, { items })
      else showTable(terminal, HEADINGS, items.map(row))
    },
  )
}

const row = ({
  kid,
  alg,
  status,
  created_at,
  signs_from,
  retired_at,
  accepted_until,
}: SigningKey): readonly string[] => [
  kid,
  alg,
  status,
  created_at,
  orDash(signs_from),
  orDash(retired_at),
  orDash(accepted_until),
]

function addRotate(keys: Command, terminal: Terminal): void {
  const text = {
    does: 'publish the next key; it signs once all verifiers have had time to fetch it',
    examples: ['latchkey keys rotate'],
  }
  command(keys, 'rotate', text).action(async (shown: Shown) => {
    const next = await adminClient(terminal.env).post<SigningKey>('/keys/rotate')
    const said = `Published the key ${printable(next.kid)}. It signs from ${printable(orDash(next.signs_from))} on. Tokens of the key before it stay valid until they expire.`
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
    // One id in 64 begins with a minus.
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
