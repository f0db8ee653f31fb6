// latchkey integrations update: changes the given members and keeps the others.
import type { Command } from 'commander'
import type { Integration, IntegrationPatch } from '../../http/contract/admin-api.ts'
import { adminClient, at } from '../admin-api/admin-client.ts'
import { unusable } from '../cli-failure.ts'
import { collected, command, INTEGRATION_ARGUMENT } from '../command.ts'
import { quoted, showDone, type Shown } from '../show.ts'
import { printable, type Terminal } from '../terminal.ts'
import { type IntegrationOptions, integrationMembers, withIntegrationOptions } from './integration-options.ts'

interface UpdateOptions extends IntegrationOptions, Shown {
  readonly scope?: readonly string[]
  readonly addScope?: readonly string[]
  readonly removeScope?: readonly string[]
  readonly clearTags?: true
  readonly clearResourceServer?: true
  readonly allowAny?: true
}

export function addUpdateIntegration(integrations: Command, terminal: Terminal): void {
  const examples = [
    "latchkey integrations update lk0123456789abcd --name 'Billing sync, nightly'",
    'latchkey integrations update lk0123456789abcd --remove-scope machinelearning.model',
    'latchkey integrations update lk0123456789abcd --issue-mode stable --renew-before 5m --grace 30s',
    'latchkey integrations update lk0123456789abcd --allow 10.0.0.0/8 --allow 192.168.1.10',
  ]
  const does = 'change an integration; a repeatable option replaces all its values'
  const update = command(integrations, 'update', { does, examples })
    .argument(...INTEGRATION_ARGUMENT)
    .option('--name <name>', 'what the program is')
    .option('--scope <scope>', 'a scope that it may request; replaces the present scopes; repeatable', collected)
    .option('--add-scope <scope>', 'add a scope; repeatable', collected)
    .option('--remove-scope <scope>', 'remove a scope and end its live token; repeatable', collected)
  withIntegrationOptions(update)
    .option('--clear-tags', 'remove all tags')
    .option('--clear-resource-server', 'let it introspect only its own tokens')
    .option('--allow-any', 'let it send requests from any address')
    .action((which: string, options: UpdateOptions) => updateIntegration(which, options, terminal))
}

async function updateIntegration(which: string, options: UpdateOptions, terminal: Terminal): Promise<void> {
  contradictions(options)
  const { addScope = [], removeScope = [], scope } = options
  const fixed: IntegrationPatch = {
    ...integrationMembers(options),
    ...(scope !== undefined && { scopes: scope }),
    ...(options.clearTags === true && { tags: [] }),
    ...(options.clearResourceServer === true && { resource_server_for: [] }),
    ...(options.allowAny === true && { allowed_addresses: [] }),
  }
  const movesScopes = addScope.length + removeScope.length > 0
  if (Object.keys(fixed).length === 0 && !movesScopes) {
    throw unusable('Nothing to change: give at least one option. Add --help to see the options.')
  }
  const changed = await adminClient(terminal.env).change<Integration, IntegrationPatch>(
    at`/integrations/${which}`,
    ({ scopes }) => ({
      ...fixed,
      ...(movesScopes && {
        scopes: [...new Set([...scopes, ...addScope])].filter((name) => !removeScope.includes(name)),
      }),
    }),
  )
  showDone(terminal, options, {
    document: changed,
    said: `Changed ${quoted(changed.name)} (${printable(changed.client_id)}).`,
  })
}

function contradictions(options: UpdateOptions): void {
  const { scope, addScope, removeScope, tag, clearTags, allow, allowAny, resourceServerFor, clearResourceServer } =
    options
  if (scope !== undefined && (addScope ?? removeScope) !== undefined) {
    throw unusable('--scope replaces all scopes. Give either --scope, or --add-scope and --remove-scope.')
  }
  if (tag !== undefined && clearTags === true) throw unusable('Give either --tag or --clear-tags.')
  if (allow !== undefined && allowAny === true) throw unusable('Give either --allow or --allow-any.')
  if (resourceServerFor !== undefined && clearResourceServer === true) {
    throw unusable('Give either --resource-server-for or --clear-resource-server.')
  }
}
