// The configuration of a mock: what a test may choose, and a refusal for whatever belongs to a server that is for real.
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
 * `dataDir`: the mock's own folder. Every other setting about data, keys or access is a problem, by name: it was
 * meant for a server that keeps its data.
 */
export function readMockConfig(
  sources: { readonly env: Environment; readonly flags: MockFlags },
  dataDir: () => string,
): Result<Config, readonly ConfigProblem[]> {
  const { origins, problems } = readServerSettings(sources)
  const foreign = (Object.keys(serverSettings) as ServerSettingKey[])
    .filter((key) => origins[key] !== 'default' && !MOCK_SETTING_KEYS.some((offered) => offered === key))
    .map((key) => ({
      setting: origins[key].replace(/^\w+ /, ''),
      problem:
        'is set, and a mock has none of it: it is on loopback, with a folder and keys of its own that it throws away',
      cure: 'Remove it for this command; `latchkey serve` is what it is for.',
    }))
  if (foreign.length > 0 || problems.length > 0) return refuse([...foreign, ...problems])
  return readConfig({ env: sources.env, flags: { ...sources.flags, dataDir: dataDir() } })
}
