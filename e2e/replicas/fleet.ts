// Several real servers on one database, each at its own port, all with one issuer.
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from '../free-port.ts'
import { aTemporaryFolder, type RealServer, startRealServer } from '../real-server.ts'

export interface Replica extends RealServer {
  /** Restarts an ended replica at the same address. */
  again(): Promise<Replica>
}

const MASTER_KEY = Buffer.alloc(32, 7).toString('base64url')

export interface FleetOptions {
  /** The database URL of each replica. */
  readonly databases: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** The address of the whole fleet for clients. A test that uses it starts a proxy there. */
  readonly publicUrl?: string
}

/** Starts the replicas one after the other. Ends them with the running test. The first one fills the database. */
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
      // Requests go to the port of each replica, not to the issuer in the tokens.
      return { ...server, issuer: server.issuer.replace(publicUrl, `http://127.0.0.1:${port}`), again: start }
    }
    replicas.push(await start())
  }
  return replicas
}
