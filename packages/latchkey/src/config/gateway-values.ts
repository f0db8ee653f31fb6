// Reads the settings in the configuration file of a gateway, level by level. Reports all problems at once.
import { closestName } from './closest-name.ts'
import type { ConfigProblem } from './config-problem.ts'
import { type GatewaySettingKey, gatewaySettings, type GatewayValues, isGatewaySetting } from './gateway-settings.ts'

export interface GatewayValuesRead {
  readonly values: GatewayValues
  readonly problems: readonly ConfigProblem[]
  /** The settings with a problem. In `values`, each of these settings has its default value. */
  readonly unreadable: ReadonlySet<GatewaySettingKey>
}

type Level = Readonly<Record<string, unknown>>

export function readGatewayValues(content: Level): GatewayValuesRead {
  const given = new Map<GatewaySettingKey, unknown>()
  const problems = [...collect(content, '', given)]
  const unreadable = new Set<GatewaySettingKey>()
  const values = Object.entries(gatewaySettings).map(([name, row]) => {
    const key = name as GatewaySettingKey
    const value = given.get(key)
    if (value === undefined || value === null) return [key, row.default]
    const text = textOf(value)
    const parsed = text === undefined ? undefined : row.kind.parse(text)
    if (parsed !== undefined) return [key, parsed]
    unreadable.add(key)
    problems.push({
      setting: key,
      problem: `is ${JSON.stringify(value)}; it must be ${row.kind.expects}`,
      cure: row.default === undefined ? 'Correct it.' : `Correct or remove it. Default: ${String(row.default)}.`,
    })
    return [key, row.default]
  })
  // The cast is safe: the values have exactly the keys of the table, and the kind of each setting has parsed its value.
  return { values: Object.fromEntries(values) as GatewayValues, problems, unreadable }
}

/** Adds each setting of the file to `given`. Yields a problem for each unknown name. */
function* collect(level: Level, above: string, given: Map<GatewaySettingKey, unknown>): Generator<ConfigProblem> {
  for (const [name, value] of Object.entries(level)) {
    const key = `${above}${name}`
    if (isGatewaySetting(key)) given.set(key, value)
    else if (!isLevel(key)) yield unknown(key)
    else if (typeof value === 'object' && !Array.isArray(value))
      yield* collect((value ?? {}) as Level, `${key}.`, given)
    else
      yield {
        setting: key,
        problem: 'must be a mapping of settings',
        cure: 'Put the settings below the name of the mapping, indented.',
      }
  }
}

const KEYS = Object.keys(gatewaySettings)
const LEVELS = new Set(KEYS.filter((key) => key.includes('.')).map((key) => key.slice(0, key.indexOf('.'))))

const isLevel = (key: string): boolean => LEVELS.has(key)

function unknown(setting: string): ConfigProblem {
  const meant = closestName(setting, [...KEYS, ...LEVELS, 'apis'])
  const cure =
    meant === undefined ? 'Remove it; `latchkey gateway --print-config` shows the settings.' : `Did you mean ${meant}?`
  return { setting, problem: 'is not a setting', cure }
}

/** Returns the value as a text that the kind of the setting can parse. Undefined if the value has no such text. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (Array.isArray(value) && value.every((entry) => typeof entry === 'string')) return value.join(',')
  return undefined
}
