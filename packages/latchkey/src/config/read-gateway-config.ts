// Reads the configuration of a gateway from its file, and its credentials from the environment. Reports all problems at
// once.
import { accept, refuse, type Result } from '@latchkey/protocol'
import type { ConfigProblem } from './config-problem.ts'
import type { TlsMaterial } from './config.ts'
import type { Environment } from './environment.ts'
import type { GatewayApi, GatewayConfig, GatewayLiveness } from './gateway-config.ts'
import { readGatewayApis } from './gateway-apis.ts'
import { readGatewayCredentials } from './gateway-credentials.ts'
import { gatewayProblems } from './gateway-rules.ts'
import type { GatewayValues } from './gateway-settings.ts'
import { readGatewayValues } from './gateway-values.ts'
import { defaultLogFormat, defaultLogLevel } from './read-config.ts'
import { readYaml } from './read-yaml.ts'
import { readTlsMaterial } from './tls-material.ts'

export interface GatewaySources {
  /** The text of the configuration file. */
  readonly text: string
  readonly name: string
  readonly env: Environment
}

/** Returns the configuration, or all its problems. */
export function readGatewayConfig({
  text,
  name,
  env,
}: GatewaySources): Result<GatewayConfig, readonly ConfigProblem[]> {
  const content = parse(text, name)
  if (!content.ok) return refuse([content.refusal])
  const { apis: declared, ...settings } = content.value
  const read = readGatewayValues(settings)
  const apis = readGatewayApis(declared, read.values.upstream)
  const tls = tlsOf(read.values)
  const credentials = readGatewayCredentials(env, read.values['liveness.mode'])
  const problems = [
    ...read.problems,
    ...apis.problems,
    ...(tls.ok ? [] : tls.refusal),
    ...gatewayProblems(read, apis.apis),
    ...(credentials.ok ? [] : credentials.refusal),
  ]
  if (problems.length > 0 || !tls.ok || !credentials.ok) return refuse(problems)
  return accept(toConfig(read.values, { apis: apis.apis, tls: tls.value, credentials: credentials.value }))
}

type Content = Readonly<Record<string, unknown>>

function parse(text: string, name: string): Result<Content, ConfigProblem> {
  const cure = '`latchkey gateway --print-config` prints a file to begin with.'
  const read = readYaml(text)
  if (!read.ok) return refuse({ setting: name, problem: `is not valid YAML: ${read.refusal}`, cure })
  const content = read.value
  if (typeof content === 'object' && content !== null && !Array.isArray(content)) return accept(content as Content)
  return refuse({ setting: name, problem: 'is not a mapping of settings', cure })
}

const CERT = 'listen.tls_cert_file'
const KEY = 'listen.tls_key_file'

/**
 * Reads the certificate and the key. `readTlsMaterial` reports problems with the names of the server's settings, so
 * this function puts the names of the gateway's settings in their place.
 */
function tlsOf(values: GatewayValues): Result<TlsMaterial | undefined, readonly ConfigProblem[]> {
  const read = readTlsMaterial({ certFile: values[CERT], keyFile: values[KEY] })
  if (read.ok) return read
  const renamed = (text: string): string =>
    text.replaceAll('LATCHKEY_TLS_CERT_FILE', CERT).replaceAll('LATCHKEY_TLS_KEY_FILE', KEY)
  return refuse(
    read.refusal.map(({ setting, problem, cure }) => ({
      setting: renamed(setting),
      problem: renamed(problem),
      cure: renamed(cure),
    })),
  )
}

interface Parts {
  readonly apis: readonly GatewayApi[]
  readonly tls: TlsMaterial | undefined
  readonly credentials: GatewayConfig['credentials']
}

const milliseconds = (seconds: number): number => seconds * 1000

// `issuer` is never undefined here, because `gatewayProblems` reports a missing issuer.
const toConfig = (values: GatewayValues, { apis, tls, credentials }: Parts): GatewayConfig =>
  Object.freeze({
    issuer: values.issuer ?? '',
    audience: values.audience,
    liveness: livenessOf(values),
    credentials,
    listener: Object.freeze({ host: values['listen.host'], port: values['listen.port'], ...(tls && { tls }) }),
    trustedProxies: values['listen.trusted_proxies'],
    status: Object.freeze({ host: values['status.host'], port: values['status.port'] }),
    apis,
    authorization: values.authorization,
    limits: Object.freeze({
      bodyBytes: values['limits.body_bytes'],
      headerBytes: values['limits.header_bytes'],
      connections: values['limits.connections'],
      requests: values['limits.requests'],
    }),
    timeouts: Object.freeze({
      headers: milliseconds(values['timeouts.headers_seconds']),
      request: milliseconds(values['timeouts.request_seconds']),
      keepAlive: milliseconds(values['timeouts.keep_alive_seconds']),
      connect: milliseconds(values['timeouts.connect_seconds']),
      response: milliseconds(values['timeouts.response_seconds']),
      idle: milliseconds(values['timeouts.idle_seconds']),
      shutdownDelay: milliseconds(values['timeouts.shutdown_delay_seconds']),
      stop: milliseconds(values['timeouts.stop_seconds']),
    }),
    log: Object.freeze({
      level: values['log.level'] ?? defaultLogLevel(),
      format: values['log.format'] ?? defaultLogFormat(),
    }),
  })

function livenessOf(values: GatewayValues): GatewayLiveness {
  const mode = values['liveness.mode']
  switch (mode) {
    case 'feed':
      return { mode, maxStaleSeconds: values['liveness.max_stale_seconds'], onStale: values['liveness.on_stale'] }
    case 'introspect':
      return { mode, maxAgeSeconds: values['liveness.max_age_seconds'] }
    case 'until-expiry':
      return { mode }
  }
}
