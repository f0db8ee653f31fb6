// Reads the settings of a table from flags and environment variables. Returns each value with its origin, and all
// problems at once.
import { accessSync, constants, statSync } from 'node:fs'
import { Secret } from '@latchkey/protocol'
import { closestName } from './closest-name.ts'
import type { ConfigProblem } from './config-problem.ts'
import type { Environment } from './environment.ts'
import type { PlainSetting, SecretSetting, SecretSource, SettingTable, ValuesOf } from './setting.ts'
import { allSettings } from './settings.ts'

/** The origin of a value: the default, an environment variable or a flag. */
export type Origin = 'default' | `env ${string}` | `flag ${string}`

/** Flags by the key of their setting. */
export type Flags<Table> = { readonly [Key in keyof Table]?: string }

export interface SettingsRead<Table> {
  readonly values: ValuesOf<Table>
  readonly origins: { readonly [Key in keyof Table]: Origin }
  readonly problems: readonly ConfigProblem[]
  /** The settings with a problem. In `values`, each of these settings has its default value. */
  readonly unreadable: ReadonlySet<keyof Table>
}

interface Reading {
  readonly value: unknown
  readonly origin: Origin
  readonly problem?: ConfigProblem | undefined
}

export function readSettings<Table extends SettingTable>(
  table: Table,
  { env, flags }: { readonly env: Environment; readonly flags: Flags<Table> },
): SettingsRead<Table> {
  const values: Record<string, unknown> = {}
  const origins: Record<string, Origin> = {}
  const problems: ConfigProblem[] = []
  const unreadable = new Set<keyof Table>()
  for (const [key, row] of Object.entries(table)) {
    const reading = row.secret ? readSecret(row, env) : readPlain(key, { row, flag: flags[key], env })
    values[key] = reading.value
    origins[key] = reading.origin
    if (reading.problem === undefined) continue
    problems.push(reading.problem)
    unreadable.add(key)
  }
  return {
    // The cast is safe: the values have exactly the keys of the table, and the kind of each setting has parsed its
    // value.
    values: values as ValuesOf<Table>,
    origins: origins as { readonly [Key in keyof Table]: Origin },
    problems: [...problems, ...unknownVariables(env)],
    unreadable,
  }
}

export const flagName = (key: string): string => `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`

interface PlainSources {
  readonly row: PlainSetting
  readonly flag: string | undefined
  readonly env: Environment
}

function readPlain(key: string, { row, flag, env }: PlainSources): Reading {
  const source = plainSource(key, { row, flag, env })
  if (source === undefined) return { value: row.default, origin: 'default' }
  const { text, name, origin } = source
  const value = text === '' ? undefined : row.kind.parse(text)
  if (value !== undefined) return { value, origin }
  const cure = origin.startsWith('flag') ? 'Correct or leave out the flag.' : `Correct or remove ${name}.`
  return {
    value: row.default,
    origin,
    problem: {
      setting: name,
      problem: `${text === '' ? 'is empty' : `is ${JSON.stringify(text)}`}; it must be ${row.kind.expects}`,
      cure: `${cure} Default: ${row.defaultText}.`,
    },
  }
}

function plainSource(key: string, { row, flag, env }: PlainSources) {
  if (flag !== undefined) return { text: flag, name: flagName(key), origin: `flag ${flagName(key)}` as const }
  const name = env[row.env] === undefined && row.alias !== undefined ? row.alias : row.env
  const text = env[name]
  return text === undefined ? undefined : { text, name, origin: `env ${name}` as const }
}

function readSecret(row: SecretSetting, env: Environment): Reading {
  const fileVariable = `${row.env}_FILE`
  const text = env[row.env]
  const path = env[fileVariable]
  if (text !== undefined && path !== undefined) {
    const problem = `and ${fileVariable} are both set`
    return noSecret(row.env, { setting: row.env, problem, cure: 'Keep one of them.' })
  }
  if (path !== undefined) {
    const source: SecretSource = { kind: 'file', path }
    return { value: source, origin: `env ${fileVariable}`, problem: unreadableFile(fileVariable, path) }
  }
  if (text === undefined) return { value: undefined, origin: 'default' }
  if (text.trim() === '') {
    return noSecret(row.env, { setting: row.env, problem: 'is empty', cure: `Remove it. Default: ${row.defaultText}.` })
  }
  const source: SecretSource = { kind: 'text', value: new Secret(text) }
  return { value: source, origin: `env ${row.env}` }
}

const noSecret = (name: string, problem: ConfigProblem): Reading => ({
  value: undefined,
  origin: `env ${name}`,
  problem,
})

/** Returns the problem of a file that the process cannot read. Undefined if the file is readable. */
export function unreadableFile(setting: string, path: string): ConfigProblem | undefined {
  try {
    accessSync(path, constants.R_OK)
    return undefined
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error'
    return {
      setting,
      problem: `names the file ${JSON.stringify(path)}, which cannot be read (${code})`,
      cure: 'Correct the path, or let the account that runs Latchkey read the file.',
    }
  }
}

/**
 * Returns a problem if the path names something other than a regular file, for example a pipe. A synchronous read of a
 * pipe would block the process and its signal handlers until another program writes to the pipe. Undefined for a
 * regular file and for a missing file.
 */
export function irregularFile(setting: string, path: string): ConfigProblem | undefined {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() ?? true) return undefined
  return {
    setting,
    problem: `names ${JSON.stringify(path)}, which is not a regular file`,
    cure: 'Write the content to a file that only its owner can read, and name that file.',
  }
}

// Returns a problem for each unknown variable with the prefix LATCHKEY_, because a misspelt variable would otherwise
// have no effect.
function unknownVariables(env: Environment): readonly ConfigProblem[] {
  const known = Object.values(allSettings).flatMap((row) => (row.secret ? [row.env, `${row.env}_FILE`] : [row.env]))
  return Object.keys(env)
    .filter((name) => name.startsWith(PREFIX) && !known.includes(name) && env[name] !== undefined)
    .map((name) => {
      const meant = closestName(withoutPrefix(name), known.map(withoutPrefix))
      const cure =
        meant === undefined
          ? 'Remove it; `latchkey serve --help` lists the settings.'
          : `Did you mean ${PREFIX}${meant}?`
      return { setting: name, problem: 'is not a setting', cure }
    })
}

const PREFIX = 'LATCHKEY_'
const withoutPrefix = (name: string): string => name.slice(PREFIX.length)
