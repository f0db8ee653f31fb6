// Several servers on one database, in this process, for tests.
import type { Secret } from '@latchkey/protocol'
import { freePort } from '../../../../e2e/free-port.ts'
import { type ServerOptions, startTestServer, type TestServer } from '../a-server.ts'
import { databaseOfSuite } from './databases.ts'

export interface Fleet {
  readonly url: string
  readonly servers: readonly TestServer[]
  stop(): Promise<void>
}

export const SHARED_MASTER_KEY = Buffer.alloc(32, 5).toString('base64url')

/**
 * The environment of every server on this database. All servers have the same issuer, wherever each of them listens.
 */
export const sharedEnv = (url: string): Readonly<Record<string, string>> => ({
  LATCHKEY_DATABASE_URL: url,
  LATCHKEY_MASTER_KEY: SHARED_MASTER_KEY,
  LATCHKEY_PUBLIC_URL: 'http://127.0.0.1:1',
  LATCHKEY_SHUTDOWN_DELAY: '0',
})

/**
 * Starts servers for a whole suite, all with these options. The first server creates the store in the database. The
 * caller stops the servers.
 */
export async function startFleet(count: number, { env = {}, ...options }: ServerOptions = {}): Promise<Fleet> {
  const { url, drop } = await databaseOfSuite()
  const start = async (adminKey?: Secret) =>
    startTestServer({
      ...options,
      env: { ...sharedEnv(url), LATCHKEY_PORT: String(await freePort()), ...env },
      ...(adminKey && { adminKey }),
    })
  const first = await start()
  const servers = [first, ...(await Promise.all(Array.from({ length: count - 1 }, () => start(first.adminKey))))]
  return {
    url,
    servers,
    stop: async () => {
      await Promise.all(servers.map((server) => server.stop()))
      await drop()
    },
  }
}

/** Sends a request to the admin API of this server. */
export const admin = (server: TestServer, method: string, path: string, body?: unknown): Promise<Response> =>
  fetch(`${server.adminUrl}/admin/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer ${server.adminKey.reveal()}`,
      'if-match': '*',
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
