// Reads the configuration of a mock server. Refuses the settings that only a real server has.
import { refuse, type Result } from '@latchkey/protocol'
import type { Config } from './config.ts'
import type { ConfigProblem } from './config-problem.ts'
import type { Environment } from './environment.ts'
import { readConfig, readServerSettings } from './read-config.ts'
import type { Flags } from './read-settings.ts'
import { type ServerSettingKey, serverSettings } from './settings.ts'

export const MOCK_SETTING_KEYS = [
  ...(['port', 'adminPort'] as const),
  ...(['authServerId', 'audience', 'tokenLifetime', 'signingAlg', 'jwksMaxAge'] as const),
  ...(['secretReveal', 'demo', 'logLevel', 'logFormat'] as const),
] as const satisfies readonly ServerSettingKey[]

export type MockFlags = Pick<Flags<typeof serverSettings>, (typeof MOCK_SETTING_KEYS)[number]>

/**
 * Returns the configuration, or all its problems. Each setting about data, keys or access is a problem, because only a
 * real server has it. `dataDir` makes the temporary folder of the mock.
 */
export function readMockConfig(
  sources: { readonly env: Environment; readonly flags: MockFlags },
  dataDir: () => string,
): Result<Config, readonly ConfigProblem[]> {
  const { origins, problems } = readServerSettings(sources)
  const refused = (Object.keys(serverSettings) as ServerSettingKey[])
    .filter((key) => origins[key] !== 'default' && !MOCK_SETTING_KEYS.some((offered) => offered === key))
    .map((key) => ({
      setting: origins[key].replace(/^\w+ /, ''),
      problem: 'is set, but a mock has no such setting: it listens on loopback, with its own temporary folder and keys',
      cure: 'Remove the setting for this command. The setting is for `latchkey serve`.',
    }))
  if (refused.length > 0 || problems.length > 0) return refuse([...refused, ...problems])
  return readConfig({ env: sources.env, flags: { ...sources.flags, dataDir: dataDir() } })
}
