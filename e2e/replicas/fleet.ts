// Several real servers on one database, each at a port of its own, all of one issuer.
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from '../free-port.ts'
import { aTemporaryFolder, type RealServer, startRealServer } from '../real-server.ts'

export interface Replica extends RealServer {
  /** After its end: the same one again, at the same address. */
  again(): Promise<Replica>
}

const MASTER_KEY = Buffer.alloc(32, 7).toString('base64url')

export interface FleetOptions {
  /** One for each replica: where it finds the database. */
  readonly databases: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Where clients find all of them; nobody listens there unless it is said. */
  readonly publicUrl?: string
}

/** Started one after the other and ended with the running test. The first one fills the database. */
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
      // Every one is asked at its own port, whatever the issuer in the tokens.
      return { ...server, issuer: server.issuer.replace(publicUrl, `http://127.0.0.1:${port}`), again: start }
    }
    replicas.push(await start())
  }
  return replicas
}
