// Reports that the listeners use plain HTTP in a container whose ports are published only on loopback.
import type { Environment } from '../../config/environment.ts'
import { PUBLISHED_ON_LOOPBACK } from '../../config/published-warning.ts'
import { type Finding, ok } from './finding.ts'
import { settingInForce } from './setting-in-force.ts'

/** Returns no finding if LATCHKEY_PUBLISHED_ON is not set, or if the server does not report its settings. */
export async function examinePublished(env: Environment): Promise<readonly Finding[]> {
  if ((await settingInForce(env, PUBLISHED_ON_LOOPBACK.setting)) !== 'loopback') return []
  const { setting, problem, cure } = PUBLISHED_ON_LOOPBACK
  return [ok('published ports', `${setting} ${problem}. ${cure}`)]
}
