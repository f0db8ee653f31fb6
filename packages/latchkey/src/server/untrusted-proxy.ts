// Logs a warning if the server cannot tell operators behind a proxy apart.
import type { Config } from '../config/config.ts'
import { proxyWarning } from '../config/proxy-warning.ts'
import type { Logger } from '../log.ts'

export function tellUntrustedProxy(config: Config, logger: Logger): void {
  const warning = proxyWarning(config)
  if (warning === undefined) return
  const { setting, problem, cure } = warning
  logger.warn({ event: 'proxy.untrusted', setting }, `${setting} ${problem}. ${cure}`)
}
