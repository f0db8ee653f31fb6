// Checks whether the settings of a gateway fit together. The gateway must not use plain HTTP beyond loopback addresses,
// and no upstream may be the gateway itself.
import type { ConfigProblem } from './config-problem.ts'
import type { GatewayApi } from './gateway-config.ts'
import type { GatewaySettingKey } from './gateway-settings.ts'
import type { GatewayValuesRead } from './gateway-values.ts'
import { isLoopback, isWildcard } from './loopback.ts'

type Rule = (
  values: GatewayValuesRead['values'],
  apis: readonly GatewayApi[],
) => (ConfigProblem & { readonly setting: GatewaySettingKey }) | undefined

const rules: readonly Rule[] = [
  function issuerIsThere({ issuer }) {
    if (issuer !== undefined) return undefined
    return { setting: 'issuer', problem: 'is not set', cure: 'Copy it from "issuer" in the metadata of the server.' }
  },
  function issuerIsEncrypted({ issuer }) {
    if (issuer?.startsWith('http:') !== true || isLoopback(new URL(issuer).hostname)) return undefined
    return {
      setting: 'issuer',
      problem: `is ${issuer}: the gateway does not send tokens and its secret in plain text beyond loopback`,
      cure: 'Use an https URL.',
    }
  },
  function clientsAreEncrypted(values) {
    const host = values['listen.host']
    const isCovered = values['listen.tls_cert_file'] !== undefined || values['listen.trusted_proxies'].length > 0
    if (isLoopback(host) || isCovered) return undefined
    return {
      setting: 'listen.host',
      problem: `is ${host}, beyond loopback, where tokens would travel in plain text`,
      cure: 'Set listen.tls_cert_file and listen.tls_key_file; or, behind proxies that terminate TLS, listen.trusted_proxies; or listen on 127.0.0.1.',
    }
  },
  function portsDiffer(values) {
    const [port, host, statusHost] = [values['listen.port'], values['listen.host'], values['status.host']]
    const meet = host === statusHost || isWildcard(host) || isWildcard(statusHost)
    if (port === 0 || port !== values['status.port'] || !meet) return undefined
    return {
      setting: 'status.port',
      problem: `is ${String(port)}, the port for clients`,
      cure: 'Give the listeners different ports.',
    }
  },
  function upstreamIsSomebodyElse(values, apis) {
    const port = String(values['listen.port'])
    const circle = apis.find(({ upstream }) => {
      const url = new URL(upstream)
      return isLoopback(url.hostname) && url.port === port
    })
    if (circle === undefined) return undefined
    return {
      setting: 'upstream',
      problem: `is ${circle.upstream}, which is the gateway itself`,
      cure: 'Give the API and the gateway different ports.',
    }
  },
]

/**
 * Returns the problems. If a setting could not be read, skips its rules, because the setting has a default value that
 * the operator did not choose.
 */
export const gatewayProblems = (
  { values, unreadable }: GatewayValuesRead,
  apis: readonly GatewayApi[],
): readonly ConfigProblem[] =>
  rules.flatMap((rule) => {
    const problem = rule(values, apis)
    return problem === undefined || unreadable.has(problem.setting) ? [] : [problem]
  })
