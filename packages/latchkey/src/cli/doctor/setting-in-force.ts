// Asks the running server for the settings that it uses.
import type { Environment } from '../../config/environment.ts'
import { readClientConfig } from '../../config/read-client-config.ts'
import { adminRequest } from '../admin-api/admin-request.ts'
import { CliFailure } from '../cli-failure.ts'

interface Setting {
  readonly name: string
  readonly value: string | null
}

/**
 * Returns '' for a setting without a value. Returns undefined if there is no admin key, or if the server does not
 * answer.
 */
export async function settingInForce(env: Environment, name: string): Promise<string | undefined> {
  const config = readClientConfig(env)
  if (!config.ok) return undefined
  try {
    const { document } = await adminRequest(config.value, { method: 'GET', path: '/admin/v1/configuration' })
    const { items = [] } = document as { readonly items?: readonly Setting[] }
    return items.find((setting) => setting.name === name)?.value ?? ''
  } catch (error) {
    if (!(error instanceof CliFailure)) throw error
    return undefined
  }
}
