// Several real servers on one database. Each has its own port, and all have the same issuer.
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from '../free-port.ts'
import { aTemporaryFolder, type RealServer, startRealServer } from '../real-server.ts'

export interface Replica extends RealServer {
  /** Restarts the replica at the same address, after it has ended. */
  again(): Promise<Replica>
}

const MASTER_KEY = Buffer.alloc(32, 7).toString('base64url')

export interface FleetOptions {
  /** The database URL of each replica. */
  readonly databases: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** The address of the whole fleet, as clients see it. A test that sets this option starts a proxy at the address. */
  readonly publicUrl?: string
}

/**
 * Starts the replicas one after the other. The first replica creates the schema in the database. All replicas end with
 * the running test.
 */
export async function startFleet({ databases, env = {}, ...desired }: FleetOptions): Promise<readonly Replica[]> {
  const publicUrl = desired.publicUrl ?? `http://127.0.0.1:${String(await freePort())}`
  const replicas: Replica[] = []
  for (const database of databases) {
    const dataDir = aTemporaryFolder()
    const [first] = replicas
    if (first !== undefined) copyFileSync(join(first.dataDir, 'admin.key'), join(dataDir, 'admin.key'))
    const port = String(await freePort())
    const whole = {
      LATCHKEY_DATABASE_URL: database,
      LATCHKEY_MASTER_KEY: MASTER_KEY,
      LATCHKEY_PUBLIC_URL: publicUrl,
      LATCHKEY_PORT: port,
      LATCHKEY_SIGNING_ALG: 'ES256',
      LATCHKEY_DEMO: 'off',
      LATCHKEY_SHUTDOWN_DELAY: '0',
      ...env,
    }
    const start = async (): Promise<Replica> => {
      const server = await startRealServer({ dataDir, env: whole })
      // The test sends its requests to the port of each replica. The issuer in the tokens is the address of the fleet.
      return { ...server, issuer: server.issuer.replace(publicUrl, `http://127.0.0.1:${port}`), again: start }
    }
    replicas.push(await start())
  }
  return replicas
}
