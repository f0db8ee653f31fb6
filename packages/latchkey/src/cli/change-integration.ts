// latchkey integrations disable, enable, delete: each names the integration by its client ID or its id.
import { runningServer } from './running-server.ts'
import { printable, type Terminal } from './terminal.ts'

export interface ChangeOptions {
  readonly json?: true
}

export async function disableIntegration(which: string, { json }: ChangeOptions, terminal: Terminal): Promise<void> {
  const server = runningServer(terminal.env)
  const changed = await server.disable((await server.find(which)).id)
  const remark = `Disabled "${printable(changed.name)}" (${changed.client_id}). Its live tokens have ended, and it gets no new ones.`
  report(json === true ? changed : remark, terminal)
}

export async function enableIntegration(which: string, { json }: ChangeOptions, terminal: Terminal): Promise<void> {
  const server = runningServer(terminal.env)
  const changed = await server.enable((await server.find(which)).id)
  const remark = `Enabled "${printable(changed.name)}" (${changed.client_id}). It may ask for tokens again; older ones stay ended.`
  report(json === true ? changed : remark, terminal)
}

export async function deleteIntegration(which: string, { json }: ChangeOptions, terminal: Terminal): Promise<void> {
  const server = runningServer(terminal.env)
  const { id, name, client_id } = await server.find(which)
  await server.remove(id)
  const remark = `Deleted "${printable(name)}" (${client_id}). Its tokens and its secret are good for nothing now.`
  report(json === true ? { id, client_id, deleted: true } : remark, terminal)
}

function report(outcome: string | object, terminal: Terminal): void {
  if (typeof outcome === 'string') terminal.remark(outcome)
  else terminal.data(JSON.stringify(outcome, undefined, 2))
}
