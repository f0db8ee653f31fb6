// Creates and changes integrations of a running server through its admin API.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Secret, toBasicCredentials } from '@latchkey/protocol'
import type { CreatedIntegration, NewIntegration } from 'latchkey/admin-api'
import type { RealServer } from './real-server.ts'

export const PREDICT = 'machinelearning.predict'
export const MODEL = 'machinelearning.model'

export interface Integration {
  readonly id: string
  readonly clientId: string
  readonly clientSecret: Secret
  /** The value of the integration's Authorization header. */
  readonly basic: string
}

export type DesiredIntegration = Partial<NewIntegration>

type Administered = Pick<RealServer, 'adminUrl' | 'dataDir'>

/** Returns the admin key that the first start left in the data folder. */
export const readAdminKey = ({ dataDir }: Pick<RealServer, 'dataDir'>): Secret =>
  new Secret(readFileSync(join(dataDir, 'admin.key'), 'utf8').trim())

/** Creates an integration, by default with both reference scopes. Throws unless the answer is 201. */
export async function createIntegration(server: Administered, desired: DesiredIntegration = {}): Promise<Integration> {
  const body = JSON.stringify({ name: 'Billing sync', scopes: [PREDICT, MODEL], ...desired })
  const response = await adminRequest(server, 'POST', '', body)
  if (response.status !== 201) throw new Error(`not created: ${response.status} ${await response.text()}`)
  const created = (await response.json()) as Required<CreatedIntegration>
  const clientSecret = new Secret(created.client_secret)
  const basic = toBasicCredentials(created.client_id, clientSecret)
  return { id: created.id, clientId: created.client_id, clientSecret, basic }
}

/** Sends a request to change an integration, and returns the answer, whatever its status is. */
export const changeIntegration = (
  server: Administered,
  { id }: Pick<Integration, 'id'>,
  act: 'disable' | 'enable' | 'delete',
): Promise<Response> =>
  act === 'delete' ? adminRequest(server, 'DELETE', `/${id}`) : adminRequest(server, 'POST', `/${id}/${act}`)

/** Creates a scope. Throws unless the answer is 201. */
export async function createScope(server: Administered, name: string): Promise<void> {
  const response = await ask(server, 'POST', '/scopes', JSON.stringify({ name }))
  if (response.status !== 201) throw new Error(`not created: ${response.status} ${await response.text()}`)
}

/** Sends a request and returns the answer, whatever its status is. `path` is relative to `/admin/v1/integrations`. */
export const adminRequest = (
  server: Administered,
  method: string,
  path: string,
  body?: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> => ask(server, method, `/integrations${path}`, body, headers)

/** Sends a request and returns the answer, whatever its status is. `path` is relative to `/admin/v1`. */
export const ask = (
  server: Administered,
  method: string,
  path: string,
  body?: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> =>
  fetch(`${server.adminUrl}/admin/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer ${readAdminKey(server).reveal()}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body }),
  })
