// A proxy in front of the admin listener whose word on where requests come from is not believed.
import type { Config } from './config.ts'
import type { ConfigProblem } from './config-problem.ts'

/** Not a reason to refuse the start: behind a proxy that passes no address on there is nothing to believe. */
export const UNTRUSTED_PROXY: ConfigProblem = {
  setting: 'LATCHKEY_TRUSTED_PROXIES',
  problem:
    'is not set, although LATCHKEY_ADMIN_BEHIND_PROXY is on: all operators have the address of the proxy, and the failed sign-ins of one lock all of them out for a minute',
  cure: 'Set it to the addresses of the proxy, and let the proxy send X-Forwarded-For.',
}

/** Undefined if the addresses of operators are known. */
export const proxyWarning = ({ adminListener, trustedProxies }: Config): ConfigProblem | undefined =>
  adminListener.behindProxy && trustedProxies.length === 0 ? UNTRUSTED_PROXY : undefined
