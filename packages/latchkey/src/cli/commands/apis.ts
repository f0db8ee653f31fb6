// latchkey apis: lists, shows, creates, updates and deletes APIs.
import type { Command } from 'commander'
import type { Api, ApiPatch, NewApi } from '../../http/contract/admin-api.ts'
import { type AdminClient, adminClient, at } from '../admin-api/admin-client.ts'
import { CliFailure, EXIT, unusable } from '../cli-failure.ts'
import { collected, command, destructive, group, listCommand, type Options } from '../command.ts'
import { confirm } from '../confirm.ts'
import { given } from '../given.ts'
import { quoted, showDone, showFacts, showJson, type Shown } from '../show.ts'
import { type Column, firstOf, showTable, type TableOptions } from '../table.ts'
import { printable, type Terminal } from '../terminal.ts'

const API = ['<api>', 'its id (api_…) or its name'] as const

export function addApis(latchkey: Command, terminal: Terminal): void {
  const apis = group(latchkey, 'apis', 'the APIs that the scopes give access to')
  addList(apis, terminal)
  addShow(apis, terminal)
  addCreate(apis, terminal)
  addUpdate(apis, terminal)
  addDelete(apis, terminal)
}

const allApis = (server: AdminClient): Promise<readonly Api[]> => Array.fromAsync(server.items<Api>('/apis'))

async function idOf(server: AdminClient, which: string): Promise<string> {
  if (which.startsWith('api_')) return which
  const found = (await allApis(server)).filter(({ name }) => name === which)
  const [only, ...others] = found
  if (only !== undefined && others.length === 0) return only.id
  const message =
    only === undefined
      ? `No API has the name ${quoted(which)}. "latchkey apis list" shows them all.`
      : `Several APIs have this name. Give the id of one API: ${found.map(({ id }) => id).join(' or ')}.`
  throw new CliFailure({ code: 'unknown_api', exitCode: EXIT.notFoundOrConflict, message })
}

function addList(apis: Command, terminal: Terminal): void {
  listCommand(apis, 'list', { does: 'show the APIs', examples: ['latchkey apis list'] }).action(
    async ({ json, wide }: Shown & TableOptions) => {
      const items = await allApis(adminClient(terminal.env))
      if (json === true) showJson(terminal, { items })
      else showTable(terminal, items, { columns: COLUMNS, wide })
    },
  )
}

const COLUMNS: readonly Column<Api>[] = [
  { heading: 'NAME', value: ({ name }) => name, narrow: 'cut' },
  { heading: 'SCOPE', value: ({ scope }) => scope, narrow: 'kept' },
  {
    heading: 'ROUTES',
    value: ({ routes }) => routes.join(', '),
    short: ({ routes }) => firstOf(routes),
    narrow: 'cut',
  },
  { heading: 'DESCRIPTION', value: ({ description }) => description, isWide: true },
  { heading: 'ID', value: ({ id }) => id, isWide: true },
]

function addShow(apis: Command, terminal: Terminal): void {
  command(apis, 'show', { does: 'show one API', examples: ['latchkey apis show api_…'] })
    .alias('get')
    .argument(...API)
    .action(async (which: string, { json }: Shown) => {
      const server = adminClient(terminal.env)
      const api = await server.get<Api>(at`/apis/${await idOf(server, which)}`)
      if (json === true) showJson(terminal, api)
      else {
        const { name, description, scope, routes, id } = api
        showFacts(terminal, [
          ['Name', name],
          ['Description', description],
          ['Scope', scope],
          ['Routes', routes.join(', ')],
          ['ID', id],
        ])
      }
    })
}

interface ApiOptions extends Shown {
  readonly name?: string
  readonly scope?: string
  readonly description?: string
  readonly route?: readonly string[]
}

const membersOf = ({ name, scope, description, route: routes }: ApiOptions): ApiPatch =>
  given({ name, scope, description, routes })

function addCreate(apis: Command, terminal: Terminal): void {
  const examples = ["latchkey apis create --name Reports --scope reports.read --route '/v1/reports/*'"]
  command(apis, 'create', { does: 'make an API', examples })
    .requiredOption('--name <name>', 'the name of the API')
    .requiredOption('--scope <scope>', 'the scope that gives access to it')
    .option('--description <text>', 'the purpose of the API')
    .option('--route <pattern>', 'a path of the API; repeat the option for more paths', collected)
    .action(async (options: ApiOptions & Pick<NewApi, 'name' | 'scope'>) => {
      const { name, scope } = options
      const body = { ...membersOf(options), name, scope }
      const api = await adminClient(terminal.env).post<Api, NewApi>('/apis', body)
      showDone(terminal, options, { document: api, said: `Made the API ${quoted(api.name)} (${printable(api.id)}).` })
    })
}

function addUpdate(apis: Command, terminal: Terminal): void {
  const examples = ["latchkey apis update Reports --route '/v1/reports/*' --route '/v2/reports/*'"]
  command(apis, 'update', { does: 'change an API; new routes replace the present routes', examples })
    .argument(...API)
    .option('--name <name>', 'the name of the API')
    .option('--scope <scope>', 'the scope that gives access to it')
    .option('--description <text>', 'the purpose of the API')
    .option('--route <pattern>', 'a path of the API; repeat the option for more paths', collected)
    .action(async (which: string, options: ApiOptions) => {
      const changes = membersOf(options)
      if (Object.keys(changes).length === 0)
        throw unusable('Nothing to change: give at least one option. Add --help to see the options.')
      const server = adminClient(terminal.env)
      const api = await server.change<Api, ApiPatch>(at`/apis/${await idOf(server, which)}`, () => changes)
      showDone(terminal, options, { document: api, said: `Changed the API ${quoted(api.name)}.` })
    })
}

function addDelete(apis: Command, terminal: Terminal): void {
  destructive(apis, 'delete', {
    does: 'delete an API; its scope stays',
    examples: ['latchkey apis delete Reports --yes'],
  })
    .argument(...API)
    .action(async (which: string, options: Options) => {
      const server = adminClient(terminal.env)
      const id = await idOf(server, which)
      await confirm(terminal, options, `This deletes the API ${quoted(which)} permanently. Its scope stays.`)
      await server.remove(at`/apis/${id}`)
      showDone(terminal, options, { document: { id, deleted: true }, said: `Deleted the API ${quoted(which)}.` })
    })
}
