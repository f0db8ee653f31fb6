// Warns of an untrusted proxy in front of the admin listener, because the server then does not know the addresses of
// operators.
import type { Config } from './config.ts'
import type { ConfigProblem } from './config-problem.ts'

/** This is only a warning, because some proxies pass no address on. */
export const UNTRUSTED_PROXY: ConfigProblem = {
  setting: 'LATCHKEY_TRUSTED_PROXIES',
  problem:
    'is not set, although LATCHKEY_ADMIN_BEHIND_PROXY is on: all operators have the address of the proxy, and the failed sign-ins of one lock all of them out for a minute',
  cure: 'Set it to the addresses of the proxy, and let the proxy send X-Forwarded-For.',
}

/** Returns undefined if the server knows the addresses of operators. */
export const proxyWarning = ({ adminListener, trustedProxies }: Config): ConfigProblem | undefined =>
  adminListener.behindProxy && trustedProxies.length === 0 ? UNTRUSTED_PROXY : undefined
