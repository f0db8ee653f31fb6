// Latchkey as a user runs it: the built program, its settings in variables, and its log in a file.
import { join } from 'node:path'
import { keepStderr, startChild, stopChild } from '../children.ts'
import { databaseEnv } from '../open-store.ts'
import type { Placement } from '../placement.ts'
import type { RunningServer } from './running-server.ts'

export interface LatchkeyServer extends RunningServer {
  readonly verifyUrl: string
  /** The origin of the server. */
  readonly adminUrl: string
}

export interface LatchkeyOptions {
  readonly dataDir: string
  readonly signingAlg: string
  readonly placement: Placement
  /** The lifetime of tokens in seconds. Default: an hour. */
  readonly tokenLifetimeSeconds?: number
  /** The URL of PostgreSQL. Undefined for the embedded store. */
  readonly database?: string
}

export const PROGRAM = join(import.meta.dirname, '../../packages/latchkey/bin/latchkey.js')
const START_MS = 180_000
const READY = /Token endpoint {2}(\S+)\n(?:.*\n)? {2}Admin API {7}(\S+)\/admin\/v1\n/

export async function startLatchkey(desired: LatchkeyOptions): Promise<LatchkeyServer> {
  const { dataDir, signingAlg, placement, database, tokenLifetimeSeconds = 3600 } = desired
  const child = startChild({
    placement,
    seat: 'server',
    words: [PROGRAM, 'serve'],
    env: {
      LATCHKEY_DATA_DIR: dataDir,
      LATCHKEY_SIGNING_ALG: signingAlg,
      LATCHKEY_PORT: '0',
      LATCHKEY_ADMIN_PORT: '0',
      LATCHKEY_DEMO: 'off',
      ...databaseEnv(database),
      LATCHKEY_TOKEN_LIFETIME: String(tokenLifetimeSeconds),
    },
    channel: 'none',
  })
  const complaints = keepStderr(child)
  const { tokenUrl, adminUrl } = await new Promise<{ readonly tokenUrl: string; readonly adminUrl: string }>(
    (resolve, reject) => {
      let said = ''
      const deadline = setTimeout(() => {
        reject(new Error(`Latchkey was not ready in time\n${said}\n${complaints()}`))
      }, START_MS)
      child.stdout?.setEncoding('utf8').on('data', (text: string) => {
        said += text
        const [, tokenUrl, adminUrl] = READY.exec(said) ?? []
        if (tokenUrl === undefined || adminUrl === undefined) return
        clearTimeout(deadline)
        resolve({ tokenUrl, adminUrl })
      })
      child.once('exit', () => {
        clearTimeout(deadline)
        reject(new Error(`Latchkey did not start\n${said}\n${complaints()}`))
      })
    },
  )
  return {
    name: 'latchkey',
    pid: child.pid ?? 0,
    tokenUrl,
    jwksUrl: tokenUrl.replace(/token$/, 'keys'),
    verifyUrl: tokenUrl.replace(/token$/, 'verify'),
    adminUrl,
    stop: () => stopChild(child),
  }
}
