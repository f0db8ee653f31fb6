// The gateway as a user runs it: the built program with its configuration file, credentials in variables, and the log
// in a file.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { keepStderr, startChild, stopChild } from '../children.ts'
import type { Placement } from '../placement.ts'
import { MODEL, PREDICT } from '../sections/section.ts'
import type { BareHttp } from './bare-http.ts'
import { type LatchkeyServer, PROGRAM } from './latchkey.ts'

export interface GatewayOptions {
  readonly server: LatchkeyServer
  /** The data folder of the authorization server. */
  readonly dataDir: string
  /** The origin of the upstream. */
  readonly upstream: string
  readonly placement: Placement
  /** `on` logs each request. */
  readonly accessLog: 'on' | 'off'
}

const START_MS = 20_000
const READY = /Clients {3}(\S+)\n {2}Status {4}(\S+)\/readyz/

/** Resolves once the gateway follows the feed and decides about tokens with the data of the feed. */
export async function startGateway({
  server,
  dataDir,
  upstream,
  placement,
  accessLog,
}: GatewayOptions): Promise<BareHttp> {
  const file = join(dataDir, `gateway-${accessLog}.yaml`)
  const level = accessLog === 'on' ? 'info' : 'warn'
  const issuer = server.tokenUrl.replace(/\/v1\/token$/, '')
  writeFileSync(
    file,
    `issuer: ${issuer}\nupstream: ${upstream}\nlisten: { port: 0 }\nstatus: { port: 0 }\nlog: { level: ${level}, format: json }\n`,
  )
  const env = await reader(server, dataDir)
  const child = startChild({
    placement,
    seat: 'server',
    words: [PROGRAM, 'gateway', '--config', file],
    env,
    channel: 'none',
  })
  const complaints = keepStderr(child)
  const [origin, status] = await new Promise<readonly [string, string]>((resolve, reject) => {
    let said = ''
    const fail = (): void => {
      reject(new Error(`the gateway did not start\n${said}\n${complaints()}`))
    }
    const deadline = setTimeout(fail, START_MS)
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      said += text
      const [, clients, health] = READY.exec(said) ?? []
      if (clients === undefined || health === undefined) return
      clearTimeout(deadline)
      resolve([clients, health])
    })
    child.once('exit', fail)
  })
  const end = performance.now() + START_MS
  while (!(await (await fetch(`${status}/readyz`)).text()).includes('"local":true')) {
    if (performance.now() > end) throw new Error(`the gateway did not become ready\n${complaints()}`)
  }
  return { pid: child.pid ?? 0, origin, stop: () => stopChild(child) }
}

/** Creates an integration with the resource-server right. Returns its credentials as variables. */
async function reader({ adminUrl }: LatchkeyServer, dataDir: string): Promise<Readonly<Record<string, string>>> {
  const key = readFileSync(join(dataDir, 'admin.key'), 'utf8').trim()
  const response = await fetch(`${adminUrl}/admin/v1/integrations`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      name: `Gateway ${String(performance.now())}`,
      scopes: [PREDICT, MODEL],
      resource_server: true,
    }),
  })
  if (response.status !== 201) throw new Error(`no integration: ${await response.text()}`)
  const { client_id, client_secret } = (await response.json()) as { client_id: string; client_secret: string }
  return { LATCHKEY_CLIENT_ID: client_id, LATCHKEY_CLIENT_SECRET: client_secret }
}
