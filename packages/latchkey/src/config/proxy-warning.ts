// Warns if the admin listener is behind a proxy that the server is not set to trust. The server then does not know the
// addresses of operators.
import type { Config } from './config.ts'
import type { ConfigProblem } from './config-problem.ts'

/** The warning. The server starts nevertheless, because some proxies do not pass on the addresses of clients. */
export const UNTRUSTED_PROXY: ConfigProblem = {
  setting: 'LATCHKEY_TRUSTED_PROXIES',
  problem:
    'is not set, although LATCHKEY_ADMIN_BEHIND_PROXY is on: all operators have the address of the proxy, so the failed sign-ins of one operator lock all operators out for a minute',
  cure: 'Set LATCHKEY_TRUSTED_PROXIES to the addresses of the proxy, and let the proxy send X-Forwarded-For.',
}

/** Returns the warning. Undefined if the server knows the addresses of operators. */
export const proxyWarning = ({ adminListener, trustedProxies }: Config): ConfigProblem | undefined =>
  adminListener.behindProxy && trustedProxies.length === 0 ? UNTRUSTED_PROXY : undefined
