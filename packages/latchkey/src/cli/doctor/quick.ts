// The health check of `latchkey doctor --quick`: whether the server on this machine answers, and whether its store
// accepts writes.
import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { resolve } from 'node:path'
import { listenerUrl } from '../../config/config.ts'
import type { Environment } from '../../config/environment.ts'
import { isLoopback } from '../../config/loopback.ts'
import { readSettings } from '../../config/read-settings.ts'
import { readAdminUrl, readPublicUrl } from '../../config/server-file.ts'
import { serverSettings } from '../../config/settings.ts'
import { connectionFault } from '../admin-api/unreachable.ts'

const { host, port, adminHost, adminPort, tlsCertFile, dataDir } = serverSettings
const DEADLINE_MILLISECONDS = 2000

export interface Health {
  readonly healthy: boolean
  /** The result in one line. It contains no secret. */
  readonly found: string
}

/**
 * Asks both listeners on this machine without sending a key. Reads only the addresses of the listeners from the
 * configuration.
 */
export async function examineQuickly(env: Environment): Promise<Health> {
  const listeners = listenersOf(env)
  const faults = await Promise.all(
    listeners.map(async ({ name, origin }) => {
      const answer = await statusOf(`${origin}/readyz`)
      if (answer === 200) return undefined
      return `the ${name} listener at ${origin} ${typeof answer === 'string' ? `does not answer (${answer})` : `is not ready (status ${String(answer)})`}`
    }),
  )
  const found = faults.filter((fault) => fault !== undefined)
  if (found.length > 0) return { healthy: false, found: `unhealthy: ${found.join('; ')}` }
  return { healthy: true, found: `healthy: ${listeners.map(({ origin }) => origin).join(' and ')} take requests` }
}

/**
 * Prefers the addresses that the running server recorded, because a public URL beyond loopback may lead through a
 * proxy.
 */
function listenersOf(env: Environment): readonly { readonly name: string; readonly origin: string }[] {
  const { values } = readSettings({ host, port, adminHost, adminPort, tlsCertFile, dataDir }, { env, flags: {} })
  const folder = resolve(values.dataDir)
  const tls = values.tlsCertFile !== undefined
  const recorded = readPublicUrl(folder)
  const isLocal = recorded !== undefined && URL.canParse(recorded) && isLoopback(new URL(recorded).hostname)
  return [
    { name: 'public', origin: isLocal ? recorded : originOf(values.host, values.port, tls) },
    {
      name: 'admin',
      origin:
        readAdminUrl(folder) ?? originOf(values.adminHost, values.adminPort, tls && !isLoopback(values.adminHost)),
    },
  ]
}

const originOf = (address: string, at: number, tls: boolean): string =>
  listenerUrl({ host: address, port: at }, at).replace('http:', tls ? 'https:' : 'http:')

/** Returns the status of the answer, or the reason why the listener gave no answer. */
const statusOf = (url: string): Promise<number | string> =>
  new Promise((answered) => {
    const options = { timeout: DEADLINE_MILLISECONDS, agent: false }
    const asked = url.startsWith('https:')
      ? // The certificate is not checked, because it names the public host and not this address. The request contains
        // no secret.
        requestHttps(url, { ...options, rejectUnauthorized: false })
      : requestHttp(url, options)
    asked.on('response', (response) => {
      response.resume()
      answered(response.statusCode ?? 0)
    })
    asked.on('timeout', () => asked.destroy(new Error('no answer within 2 seconds')))
    asked.on('error', (cause) => {
      answered(connectionFault(cause))
    })
    asked.end()
  })
