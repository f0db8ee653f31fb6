// latchkey integrations: lists, shows, creates, updates, disables, enables and deletes integrations.
import type { Command } from 'commander'
import { commandName } from '../../config/environment.ts'
import type { Integration, IntegrationQuery } from '../../http/contract/admin-api.ts'
import { ATTENTION_KINDS } from '../../http/contract/closed-lists.ts'
import { adminClient, at } from '../admin-api/admin-client.ts'
import {
  command,
  destructive,
  group,
  INTEGRATION_ARGUMENT,
  listCommand,
  oneOf,
  type Options,
  wholeNumber,
} from '../command.ts'
import { confirm } from '../confirm.ts'
import { quoted, showDone, showFacts, showJson, type Shown } from '../show.ts'
import { type Column, firstOf, showTable, type TableOptions, timeColumn } from '../table.ts'
import { printable, type Terminal } from '../terminal.ts'
import { addCreateIntegration, createExample } from './create-integration.ts'
import { integrationFacts } from './integration-facts.ts'
import { addUpdateIntegration } from './update-integration.ts'

export function addIntegrations(latchkey: Command, terminal: Terminal): void {
  const integrations = group(latchkey, 'integrations', 'the programs that may ask for tokens: one OAuth client each')
  addList(integrations, terminal)
  addShow(integrations, terminal)
  addCreateIntegration(integrations, terminal)
  addUpdateIntegration(integrations, terminal)
  addSwitches(integrations, terminal)
  addDelete(integrations, terminal)
}

type Sort = NonNullable<IntegrationQuery['sort']>
const SORTS: readonly Sort[] = ['created', '-created', 'name', '-name', 'last_used', '-last_used', 'attention']
const ATTENTION: readonly NonNullable<IntegrationQuery['attention']>[] = ['any', ...ATTENTION_KINDS]

interface ListOptions extends Shown, TableOptions {
  readonly search?: string
  readonly status?: Integration['status']
  readonly scope?: string
  readonly attention?: IntegrationQuery['attention']
  readonly sort?: Sort
  readonly limit?: number
}

function addList(integrations: Command, terminal: Terminal): void {
  const examples = [
    'latchkey integrations list',
    'latchkey integrations list --search billing --sort -last_used --limit 20',
    'latchkey integrations list --attention any --sort attention',
    'latchkey integrations list --status disabled --json',
  ]
  listCommand(integrations, 'list', { does: 'show the integrations, the oldest first', examples })
    .option('--search <text>', 'only integrations with this text in their name, client ID or tags')
    .addOption(oneOf('--status <status>', 'only those', ['active', 'disabled']))
    .option('--scope <scope>', 'only integrations that may request this scope')
    .addOption(oneOf('--attention <reason>', 'only integrations that need attention for this reason', ATTENTION))
    .addOption(oneOf('--sort <order>', 'the order; with - in front, descending', SORTS))
    .option('--limit <count>', 'the largest number of integrations; all unless given', wholeNumber(1, 1_000_000))
    .action(async ({ json, wide, limit, ...filter }: ListOptions) => {
      const items: Integration[] = []
      for await (const item of adminClient(terminal.env).items<Integration, IntegrationQuery>(
        '/integrations',
        filter,
        limit,
      )) {
        items.push(item)
      }
      if (json === true) showJson(terminal, { items })
      else if (items.length > 0) showTable(terminal, items, { columns: COLUMNS, wide })
      else if (Object.keys(filter).length > 0) terminal.remark('No integration matches these options.')
      else
        terminal.remark(`There are no integrations yet. Make one:\n\n    ${createExample(commandName(terminal.env))}`)
    })
}

const COLUMNS: readonly Column<Integration>[] = [
  { heading: 'NAME', value: ({ name }) => name, narrow: 'cut' },
  { heading: 'CLIENT ID', value: ({ client_id }) => client_id, narrow: 'kept' },
  {
    heading: 'SCOPES',
    value: ({ scopes }) => scopes.join(', '),
    short: ({ scopes }) => firstOf(scopes),
    narrow: 'cut',
  },
  {
    heading: 'STATUS',
    value: ({ status }) => status,
    colour: ({ status }) => (status === 'active' ? 'green' : 'gray'),
  },
  { heading: 'CREATED', value: ({ created_at }) => created_at, isWide: true },
  timeColumn('LAST USED', ({ last_used }) => last_used?.at),
  { heading: 'ID', value: ({ id }) => id, isWide: true },
]

function addShow(integrations: Command, terminal: Terminal): void {
  const examples = ['latchkey integrations show lk0123456789abcd', 'latchkey integrations show int_… --json']
  command(integrations, 'show', { does: 'show one integration', examples })
    .alias('get')
    .argument(...INTEGRATION_ARGUMENT)
    .action(async (which: string, { json }: Shown) => {
      const found = await adminClient(terminal.env).get<Integration>(at`/integrations/${which}`)
      if (json === true) showJson(terminal, found)
      else showFacts(terminal, integrationFacts(found))
    })
}

const SWITCHES = [
  {
    verb: 'disable',
    does: 'disable an integration: end its live tokens and issue no new tokens',
    said: 'Disabled',
    effect: 'Its live tokens have ended, and it gets no new tokens.',
  },
  {
    verb: 'enable',
    does: 'let a disabled integration ask for tokens again',
    said: 'Enabled',
    effect: 'It may ask for tokens again. Its earlier tokens stay ended.',
  },
] as const

function addSwitches(integrations: Command, terminal: Terminal): void {
  for (const { verb, does, said, effect } of SWITCHES) {
    command(integrations, verb, { does, examples: [`latchkey integrations ${verb} lk0123456789abcd`] })
      .argument(...INTEGRATION_ARGUMENT)
      .action(async (which: string, shown: Shown) => {
        const path = `${at`/integrations/${which}`}/${verb}`
        const changed = await adminClient(terminal.env).post<Integration>(path)
        showDone(terminal, shown, {
          document: changed,
          said: `${said} ${quoted(changed.name)} (${printable(changed.client_id)}). ${effect}`,
        })
      })
  }
}

function addDelete(integrations: Command, terminal: Terminal): void {
  const examples = ['latchkey integrations delete lk0123456789abcd', 'latchkey integrations delete int_… --yes']
  destructive(integrations, 'delete', {
    does: 'delete an integration permanently, with its secrets and tokens',
    examples,
  })
    .argument(...INTEGRATION_ARGUMENT)
    .action(async (which: string, options: Options) => {
      const server = adminClient(terminal.env)
      const { id, name, client_id } = await server.get<Integration>(at`/integrations/${which}`)
      const label = `${quoted(name)} (${printable(client_id)})`
      await confirm(terminal, options, `This deletes ${label} permanently and ends its secrets and its live tokens.`)
      await server.remove(at`/integrations/${id}`)
      const said = `Deleted ${label}. Its tokens and secrets have ended.`
      showDone(terminal, options, { document: { id, client_id, deleted: true }, said })
    })
}
