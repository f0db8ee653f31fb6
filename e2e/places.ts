// A place is a store with an address, where a server can be started again. There is one place on each store engine.
import { aDatabase } from '../packages/latchkey/test/postgres/databases.ts'
import { has } from '../scripts/programs.mjs'
import { freePort } from './free-port.ts'
import { aTemporaryFolder, type RealServer, type RealServerOptions, startRealServer } from './real-server.ts'

export interface Place {
  /** Starts the server. The server that was started before must have ended. */
  start(options?: Pick<RealServerOptions, 'wrap' | 'env'>): Promise<RealServer>
}

async function aPlace(store: Readonly<Record<string, string>>): Promise<Place> {
  const dataDir = aTemporaryFolder()
  const port = String(await freePort())
  const env = { LATCHKEY_PORT: port, LATCHKEY_SIGNING_ALG: 'ES256', LATCHKEY_DEMO: 'off', ...store }
  return {
    start: ({ env: more, ...options } = {}) => startRealServer({ dataDir, env: { ...env, ...more }, ...options }),
  }
}

const onPostgres = async (): Promise<Place> =>
  aPlace({
    LATCHKEY_DATABASE_URL: await aDatabase(),
    LATCHKEY_MASTER_KEY: Buffer.alloc(32, 7).toString('base64url'),
    LATCHKEY_SHUTDOWN_DELAY: '0',
  })

/** The engines that are installed on this machine. */
export const PLACES: readonly (readonly [engine: string, aPlace: () => Promise<Place>])[] = [
  ['the embedded store', () => aPlace({})],
  ...(has('postgresql') ? [['PostgreSQL', onPostgres] as const] : []),
]
