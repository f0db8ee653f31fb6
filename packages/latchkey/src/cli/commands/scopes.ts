// latchkey scopes: lists, shows, creates, updates and deletes scopes.
import type { Command } from 'commander'
import type { NewScope, Problem, Scope, ScopeDeletionQuery, ScopePatch } from '../../http/contract/admin-api.ts'
import { adminClient, at } from '../admin-api/admin-client.ts'
import { CliFailure, unusable } from '../cli-failure.ts'
import { command, destructive, group, listCommand, type Options } from '../command.ts'
import { confirm } from '../confirm.ts'
import { showDone, showFacts, showJson, type Shown } from '../show.ts'
import { type Column, firstOf, showTable, type TableOptions } from '../table.ts'
import { printable, type Terminal } from '../terminal.ts'

const SCOPE = ['<scope>', 'its name, such as machinelearning.predict'] as const

export function addScopes(latchkey: Command, terminal: Terminal): void {
  const scopes = group(latchkey, 'scopes', 'the scopes that tokens can have')
  addList(scopes, terminal)
  addShow(scopes, terminal)
  addCreate(scopes, terminal)
  addUpdate(scopes, terminal)
  addDelete(scopes, terminal)
}

function addList(scopes: Command, terminal: Terminal): void {
  listCommand(scopes, 'list', { does: 'show the scopes', examples: ['latchkey scopes list'] }).action(
    async ({ json, wide }: Shown & TableOptions) => {
      const items = await Array.fromAsync(adminClient(terminal.env).items<Scope>('/scopes'))
      if (json === true) showJson(terminal, { items })
      else showTable(terminal, items, { columns: COLUMNS, wide })
    },
  )
}

const COLUMNS: readonly Column<Scope>[] = [
  { heading: 'SCOPE', value: ({ name }) => name, narrow: 'kept' },
  { heading: 'AUDIENCE', value: ({ audience }) => audience, narrow: 'cut' },
  { heading: 'INTEGRATIONS', value: ({ integrations }) => String(integrations) },
  { heading: 'LIVE TOKENS', value: ({ live_tokens }) => String(live_tokens) },
  { heading: 'APIS', value: ({ apis }) => apis.join(', '), short: ({ apis }) => firstOf(apis), narrow: 'cut' },
  { heading: 'DESCRIPTION', value: ({ description }) => description, isWide: true },
]

function addShow(scopes: Command, terminal: Terminal): void {
  command(scopes, 'show', { does: 'show one scope', examples: ['latchkey scopes show machinelearning.predict'] })
    .alias('get')
    .argument(...SCOPE)
    .action(async (name: string, { json }: Shown) => {
      const scope = await adminClient(terminal.env).get<Scope>(at`/scopes/${name}`)
      if (json === true) showJson(terminal, scope)
      else showFacts(terminal, facts(scope))
    })
}

const facts = (scope: Scope): readonly (readonly [string, string])[] => [
  ['Scope', scope.name],
  ['Description', scope.description],
  ['Audience', `${scope.audience}${scope.audience_is_default ? ' (the default)' : ''}`],
  ['Integrations', String(scope.integrations)],
  ['Live tokens', String(scope.live_tokens)],
  ['APIs', scope.apis.join(', ')],
]

interface ScopeOptions extends Shown {
  readonly description?: string
  readonly audience?: string
  readonly defaultAudience?: true
}

function addCreate(scopes: Command, terminal: Terminal): void {
  const examples = ["latchkey scopes create reports.read --description 'Read the reports' --audience api://reports"]
  command(scopes, 'create', { does: 'make a scope', examples })
    .argument(...SCOPE)
    .option('--description <text>', 'what a token with this scope permits')
    .option('--audience <uri>', 'the aud of its tokens; LATCHKEY_AUDIENCE of the server unless given')
    .action(async (name: string, { description, audience, json }: ScopeOptions) => {
      const body: NewScope = {
        name,
        ...(description !== undefined && { description }),
        ...(audience !== undefined && { audience }),
      }
      const scope = await adminClient(terminal.env).post<Scope, NewScope>('/scopes', body)
      showDone(terminal, json === true ? { json } : {}, {
        document: scope,
        said: `Made the scope ${printable(scope.name)}.`,
      })
    })
}

function addUpdate(scopes: Command, terminal: Terminal): void {
  const examples = ['latchkey scopes update reports.read --audience api://reports-v2']
  command(scopes, 'update', { does: 'change a scope; a new audience ends its live tokens', examples })
    .argument(...SCOPE)
    .option('--description <text>', 'what a token with this scope permits')
    .option('--audience <uri>', 'the aud of its tokens')
    .option('--default-audience', 'use LATCHKEY_AUDIENCE of the server again')
    .action(async (name: string, options: ScopeOptions) => {
      const { description, audience, defaultAudience } = options
      if (audience !== undefined && defaultAudience === true)
        throw unusable('Give either --audience or --default-audience.')
      const changes: ScopePatch = {
        ...(description !== undefined && { description }),
        ...(audience !== undefined && { audience }),
        ...(defaultAudience === true && { audience: null }),
      }
      if (Object.keys(changes).length === 0)
        throw unusable('Nothing to change: give at least one option. Add --help to see the options.')
      const scope = await adminClient(terminal.env).change<Scope, ScopePatch>(at`/scopes/${name}`, () => changes)
      showDone(terminal, options, { document: scope, said: `Changed the scope ${printable(scope.name)}.` })
    })
}

interface DeleteOptions extends Options {
  readonly force?: true
}

function addDelete(scopes: Command, terminal: Terminal): void {
  const examples = ['latchkey scopes delete reports.read', 'latchkey scopes delete reports.read --force --yes']
  destructive(scopes, 'delete', { does: 'delete a scope; a scope in use needs --force', examples })
    .argument(...SCOPE)
    .option('--force', 'delete it even if it is in use: its grants and APIs are deleted, its live tokens end')
    .action(async (name: string, options: DeleteOptions) => {
      const server = adminClient(terminal.env)
      const path = at`/scopes/${name}`
      const { integrations, live_tokens, apis } = await server.get<Scope>(path)
      const ends = `integrations that lose it: ${String(integrations)}, live tokens that end: ${String(live_tokens)}, APIs that are deleted: ${String(apis.length)}`
      await confirm(
        terminal,
        options,
        `This deletes the scope ${printable(name)} permanently${options.force === true ? `; ${ends}` : ''}.`,
      )
      await server
        .remove<undefined, ScopeDeletionQuery>(path, options.force === true ? { force: 'true' } : {})
        .catch((error: unknown) => {
          throw error instanceof CliFailure && error.code === ('scope_in_use' satisfies Problem['code'])
            ? withForce(error, ends)
            : error
        })
      showDone(terminal, options, { document: { name, deleted: true }, said: `Deleted the scope ${printable(name)}.` })
    })
}

// Replaces the server's message, which names parameters of the admin API, with a message for operators.
const withForce = ({ code, exitCode, facts: known }: CliFailure, ends: string): CliFailure =>
  new CliFailure({ code, exitCode, message: `The scope is in use. To delete it anyway, add --force; ${ends}.` }, known)
