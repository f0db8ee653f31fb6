// latchkey integrations create: makes an integration and shows its client secret.
import { runningServer } from './running-server.ts'
import { aligned, printable, type Terminal } from './terminal.ts'

export interface CreateOptions {
  readonly name: string
  readonly scope: readonly string[]
  readonly resourceServer?: true
  readonly json?: true
}

export async function createIntegration(options: CreateOptions, terminal: Terminal): Promise<void> {
  const { name, scope: scopes, resourceServer, json } = options
  const created = await runningServer(terminal.env).create({ name, scopes, resource_server: resourceServer === true })
  if (json === true) {
    terminal.data(JSON.stringify(created, undefined, 2))
    return
  }
  terminal.remark(`Created the integration "${printable(created.name)}".\n`)
  const rows = [
    ['Client ID', created.client_id],
    ['Client secret', created.client_secret],
    ['Scopes', created.scopes.join(', ')],
    ...(created.resource_server_for.length > 0 ? [['Introspects', created.resource_server_for.join(', ')]] : []),
    ['ID', created.id],
  ]
  for (const line of aligned(rows)) terminal.data(line)
  terminal.remark('\nKeep the client secret now: it is not printed again.')
}
