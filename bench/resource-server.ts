// An integration that may follow the feed, created through the admin API.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LatchkeyServer } from './servers/latchkey.ts'

export interface GuardCredentials {
  readonly clientId: string
  readonly clientSecret: string
}

export async function aResourceServer(
  { adminUrl }: LatchkeyServer,
  dataDir: string,
  scopes: readonly string[],
): Promise<GuardCredentials> {
  const key = readFileSync(join(dataDir, 'admin.key'), 'utf8').trimEnd()
  const response = await fetch(`${adminUrl}/admin/v1/integrations`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'Guards', scopes, resource_server: true }),
  })
  if (response.status !== 201) throw new Error(`an integration was not made: ${await response.text()}`)
  const created = (await response.json()) as { readonly client_id: string; readonly client_secret: string }
  return { clientId: created.client_id, clientSecret: created.client_secret }
}
