// Requests about the signing keys of a running server, authenticated as an owner.
import { decodeProtectedHeader } from 'jose'
import type { AuditPage, List, RevokedSigningKey, SigningKey } from '../src/http/contract/admin-api.ts'
import { aFolder } from './a-folder.ts'
import { aServer, type ServerOptions, type TestServer } from './a-server.ts'

export type KeyView = SigningKey & Partial<RevokedSigningKey>

export async function ask<Answer>(server: TestServer, method: 'GET' | 'POST', path: string) {
  const response = await fetch(`${server.adminUrl}/admin/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${server.adminKey.reveal()}` },
  })
  return { status: response.status, body: (await response.json()) as Answer }
}

export const rotate = async (server: TestServer): Promise<KeyView> =>
  (await ask<KeyView>(server, 'POST', '/keys/rotate')).body
export const revoke = async (server: TestServer, kid: string): Promise<KeyView> =>
  (await ask<KeyView>(server, 'POST', `/keys/${kid}/revoke`)).body
export const keys = async (server: TestServer): Promise<readonly KeyView[]> =>
  (await ask<List<KeyView>>(server, 'GET', '/keys')).body.items
export const statuses = async (server: TestServer): Promise<Record<string, string>> =>
  Object.fromEntries((await keys(server)).map(({ kid, status }) => [kid, status]))

export async function published(server: TestServer): Promise<string[]> {
  const jwks = (await (await fetch(`${server.issuer}/v1/keys`)).json()) as { keys: { kid: string }[] }
  return jwks.keys.map(({ kid }) => kid)
}

export const events = async (server: TestServer): Promise<string[]> => {
  const { body } = await ask<AuditPage>(server, 'GET', '/audit')
  return body.items
    .filter(({ event }) => event.startsWith('signing_key.'))
    .map(({ event, target, actor }) => `${event} ${target.id} ${actor.kind}`)
    .toReversed()
}

export const kidOf = (token: string): string => decodeProtectedHeader(token).kid ?? ''

/** Restarts the server with the same folder and port, so that the issuer stays the same. */
export function restarts(options: ServerOptions) {
  const dataDir = aFolder()
  let port = '0'
  let running: TestServer | undefined
  return async (): Promise<TestServer> => {
    await running?.stop()
    const env = { ...options.env, LATCHKEY_DATA_DIR: dataDir, LATCHKEY_PORT: port }
    running = await aServer({ ...options, env })
    ;({ port } = new URL(running.publicUrl))
    return running
  }
}
