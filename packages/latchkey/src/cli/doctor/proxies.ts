// Checks whether the server gets the addresses of operators who come through a proxy.
import type { Environment } from '../../config/environment.ts'
import { UNTRUSTED_PROXY } from '../../config/proxy-warning.ts'
import { readClientConfig } from '../../config/read-client-config.ts'
import { adminRequest } from '../admin-api/admin-request.ts'
import { CliFailure } from '../cli-failure.ts'
import { type Finding, ok, problem, skipped } from './finding.ts'

const CHECK = 'addresses of operators'

/**
 * Returns no finding if no proxy is in front of the admin listener. Also returns no finding if there is no admin key,
 * because another check reports that.
 */
export async function examineProxies(env: Environment): Promise<readonly Finding[]> {
  const config = readClientConfig(env)
  if (!config.ok) return []
  try {
    const { document } = await adminRequest(config.value, { method: 'GET', path: '/admin/v1/configuration' })
    const { items = [] } = document as { readonly items?: readonly Setting[] }
    const valueOf = (name: string) => items.find((setting) => setting.name === name)?.value ?? ''
    if (valueOf('LATCHKEY_ADMIN_BEHIND_PROXY') !== 'on') return []
    if (valueOf('LATCHKEY_TRUSTED_PROXIES') !== '') return [ok(CHECK, 'LATCHKEY_TRUSTED_PROXIES is set')]
    return [problem(CHECK, `${UNTRUSTED_PROXY.setting} ${UNTRUSTED_PROXY.problem}`, UNTRUSTED_PROXY.cure)]
  } catch (error) {
    if (!(error instanceof CliFailure)) throw error
    return [skipped(CHECK, 'the server did not report its settings')]
  }
}

interface Setting {
  readonly name: string
  readonly value: string | null
}
