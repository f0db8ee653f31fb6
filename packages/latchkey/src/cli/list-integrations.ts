// latchkey integrations list: every integration, the oldest first. Never a secret.
import { commandName } from '../config/environment.ts'
import { type IntegrationDocument, runningServer } from './running-server.ts'
import { aligned, type Terminal } from './terminal.ts'

const HEADINGS = ['NAME', 'CLIENT ID', 'SCOPES', 'STATUS', 'CREATED', 'ID']

export async function listIntegrations({ json }: { readonly json?: true }, terminal: Terminal): Promise<void> {
  const items: IntegrationDocument[] = []
  for await (const item of runningServer(terminal.env).list()) items.push(item)
  if (json === true) {
    terminal.data(JSON.stringify({ items }, undefined, 2))
    return
  }
  if (items.length === 0) {
    terminal.remark(`There are no integrations yet. Make one:\n\n    ${createExample(commandName(terminal.env))}`)
    return
  }
  const rows = items.map(({ name, client_id, scopes, status, created_at, id }) => [
    name,
    client_id,
    scopes.join(', '),
    status,
    created_at,
    id,
  ])
  const [headings = '', ...lines] = aligned([HEADINGS, ...rows])
  terminal.data(terminal.heading(headings))
  for (const line of lines) terminal.data(line)
}

/** The command that makes an integration, to paste. */
export const createExample = (command: string): string =>
  `${command} integrations create --name 'Billing sync' --scope machinelearning.predict`
