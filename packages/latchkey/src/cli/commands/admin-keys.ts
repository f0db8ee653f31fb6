// latchkey admin-keys: lists, creates and revokes the keys for the admin API.
import type { Command } from 'commander'
import type { AdminKey, CreatedAdminKey, List, NewAdminKey, Role } from '../../http/contract/admin-api.ts'
import { adminClient, at } from '../admin-api/admin-client.ts'
import { command, destructive, group, listCommand, oneOf, type Options } from '../command.ts'
import { confirm } from '../confirm.ts'
import { pointOfTime } from '../durations.ts'
import { quoted, showDone, showFacts, showJson, type Shown } from '../show.ts'
import { type Column, showTable, type TableOptions, timeColumn } from '../table.ts'
import { printable, type Terminal } from '../terminal.ts'

export function addAdminKeys(latchkey: Command, terminal: Terminal): void {
  const keys = group(latchkey, 'admin-keys', 'the keys for the admin API; owners only')
  addList(keys, terminal)
  addCreate(keys, terminal)
  addRevoke(keys, terminal)
}

function addList(keys: Command, terminal: Terminal): void {
  listCommand(keys, 'list', {
    does: 'show the keys, without their text',
    examples: ['latchkey admin-keys list'],
  }).action(async ({ json, wide }: Shown & TableOptions) => {
    const { items } = await adminClient(terminal.env).get<List<AdminKey>>('/admin-keys')
    if (json === true) showJson(terminal, { items })
    else showTable(terminal, items, { columns: COLUMNS, wide })
  })
}

const COLUMNS: readonly Column<AdminKey>[] = [
  { heading: 'NAME', value: ({ name }) => name, narrow: 'cut' },
  { heading: 'ROLE', value: ({ role }) => role, narrow: 'kept' },
  {
    heading: 'STATUS',
    value: ({ status }) => status,
    narrow: 'kept',
    colour: ({ status }) => (status === 'active' ? 'green' : 'gray'),
  },
  { ...timeColumn<AdminKey>('CREATED', ({ created_at }) => created_at), isWide: true },
  timeColumn<AdminKey>('EXPIRES', ({ expires_at }) => expires_at),
  timeColumn<AdminKey>('LAST USED', ({ last_used }) => last_used?.at),
  { heading: 'FROM', value: ({ loopback_only }) => (loopback_only ? 'this machine' : 'anywhere') },
  // Shows the id, because revoking the key needs it.
  { heading: 'ID', value: ({ id }) => id, narrow: 'kept' },
]

interface CreateOptions extends Shown {
  readonly name: string
  readonly role: Role
  readonly expires?: string
}

function addCreate(keys: Command, terminal: Terminal): void {
  const text = {
    does: 'make a key and show it once',
    examples: [
      "latchkey admin-keys create --name 'Deployment' --role editor --expires 90d",
      "latchkey admin-keys create --name 'Dashboard' --role viewer --json",
    ],
  }
  command(keys, 'create', text)
    .requiredOption('--name <name>', 'the person or the program that uses the key')
    .addOption(roleOption())
    .option('--expires <when>', 'a time, or a duration from now such as 90d; never unless given', pointOfTime)
    .action(async ({ name, role, expires, json }: CreateOptions) => {
      const body: NewAdminKey = { name, role, ...(expires !== undefined && { expires_at: expires }) }
      const made = await adminClient(terminal.env).post<CreatedAdminKey, NewAdminKey>('/admin-keys', body)
      if (json === true) {
        showJson(terminal, made)
        return
      }
      showFacts(terminal, [
        ['Admin key', made.admin_key],
        ['ID', made.id],
      ])
      terminal.remark(
        '\nStore the key now: it is not shown again. Put it into a file and set LATCHKEY_ADMIN_KEY_FILE to its path.',
      )
    })
}

const roleOption = () =>
  oneOf('--role <role>', 'viewer reads, editor changes integrations, owner changes keys too', [
    'viewer',
    'editor',
    'owner',
  ]).makeOptionMandatory()

function addRevoke(keys: Command, terminal: Terminal): void {
  const examples = ['latchkey admin-keys revoke adk_…', 'latchkey admin-keys revoke adk_… --yes']
  destructive(keys, 'revoke', { does: 'revoke a key at once; the last key of an owner cannot be revoked', examples })
    .argument('<id>', 'the id of the key, as "latchkey admin-keys list" shows it')
    .action(async (id: string, options: Options) => {
      const path = at`/admin-keys/${id}`
      await confirm(
        terminal,
        options,
        `This revokes the admin key ${quoted(id)} at once: the server refuses every request with it.`,
      )
      await adminClient(terminal.env).remove(path)
      showDone(terminal, options, { document: { id, revoked: true }, said: `Revoked the admin key ${printable(id)}.` })
    })
}
