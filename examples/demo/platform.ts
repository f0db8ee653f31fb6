// Starts the whole platform: a server with two integrations, the sandbox, and the gateway in front of the sandbox.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type GatewayReady,
  type Program,
  type ServerReady,
  startGateway,
  startSandbox,
  startServer,
} from './programs.ts'

export const PREDICT = 'machinelearning.predict'
export const MODEL = 'machinelearning.model'

export interface Credentials {
  readonly clientId: string
  readonly clientSecret: string
}

export interface Platform {
  readonly server: ServerReady
  readonly gateway: GatewayReady
  readonly sandbox: string
  readonly programs: readonly Program[]
  /** The credentials of the integration that calls the APIs. */
  readonly client: Credentials
  /** Ends every program and removes their files. */
  stop(): Promise<void>
}

export interface PlatformOptions {
  /** `LATCHKEY_…` variables of the server. */
  readonly server?: Readonly<Record<string, string>>
  /** Further lines of the gateway's file. */
  readonly gateway?: string
}

export async function startPlatform(desired: PlatformOptions = {}): Promise<Platform> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-demo-'))
  const programs: Program[] = []
  const removeFolder = (): void => {
    rmSync(folder, { recursive: true, force: true })
  }
  process.once('exit', removeFolder)
  const stop = async (): Promise<void> => {
    // Each program ends before the programs that it calls.
    for (const program of programs.splice(0).reverse()) await program.stop()
    removeFolder()
  }
  try {
    const dataDir = join(folder, 'data')
    const [server, sandbox] = await Promise.all([
      startServer(dataDir, desired.server).then((started) => (programs.push(started), started)),
      startSandbox().then((started) => (programs.push(started), started)),
    ])
    const adminKey = readFileSync(join(dataDir, 'admin.key'), 'utf8').trim()
    const integrations = { adminUrl: server.ready.admin_url, adminKey }
    const reader = await createIntegration(integrations, { name: 'Gateway', resource_server: true })
    const client = await createIntegration(integrations, { name: 'Order service' })
    const file = join(folder, 'gateway.yaml')
    writeFileSync(file, gatewayFile(server.ready.issuer, sandbox.ready) + (desired.gateway ?? ''))
    const gateway = await startGateway(file, {
      LATCHKEY_CLIENT_ID: reader.clientId,
      LATCHKEY_CLIENT_SECRET: reader.clientSecret,
    })
    programs.push(gateway)
    await whenReady(gateway.ready.status_url)
    return {
      server: server.ready,
      gateway: gateway.ready,
      sandbox: sandbox.ready,
      programs: [...programs],
      client,
      stop,
    }
  } catch (cause) {
    await stop()
    throw cause
  }
}

const gatewayFile = (issuer: string, upstream: string): string => `issuer: ${issuer}
upstream: ${upstream}
listen: { port: 0 }
status: { port: 0 }
log: { format: json }
`

interface Wanted {
  readonly name: string
  readonly resource_server?: true
}

async function createIntegration(
  { adminUrl, adminKey }: { readonly adminUrl: string; readonly adminKey: string },
  wanted: Wanted,
): Promise<Credentials> {
  const response = await fetch(`${adminUrl}/admin/v1/integrations`, {
    method: 'POST',
    headers: { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ scopes: [PREDICT, MODEL], ...wanted }),
  })
  if (response.status !== 201) throw new Error(`the integration was not created: ${await response.text()}`)
  const made = (await response.json()) as { client_id: string; client_secret: string }
  return { clientId: made.client_id, clientSecret: made.client_secret }
}

const LONGEST_WAIT_MILLISECONDS = 10_000
const BETWEEN_QUESTIONS_MILLISECONDS = 20

async function whenReady(statusUrl: string): Promise<void> {
  const end = performance.now() + LONGEST_WAIT_MILLISECONDS
  while (!(await fetch(`${statusUrl}/readyz`)).ok) {
    if (performance.now() > end) throw new Error('the gateway did not become ready')
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_QUESTIONS_MILLISECONDS))
  }
}
