// The command line of the benchmark.
import { parseArgs } from 'node:util'

export const SECTIONS = [
  'signatures',
  'tokens',
  'assertions',
  'verify',
  'guard',
  'open-loop',
  'growth',
  'memory',
  'administration',
  'doors',
  'gateway',
  'client',
  'feed',
  'fleet',
  'console',
] as const

/** The argument of `--store`. It selects the section that needs PostgreSQL on this machine. */
const POSTGRES = 'postgres'

export type SectionName = (typeof SECTIONS)[number] | typeof POSTGRES

export interface BenchOptions {
  readonly quick: boolean
  readonly jsonFile: string | undefined
  readonly sections: readonly SectionName[]
}

export const USAGE = `Usage: npm run bench -- [--quick] [--json FILE] [--only NAME] [--store postgres]

  --quick       one short round of everything: does it run, and roughly how fast (a minute)
  --json FILE   writes every figure to FILE as well
  --only NAME   one section: ${SECTIONS.join(', ')}
  --store postgres   PostgreSQL beside the embedded store, and nothing else; Debian's package postgresql is needed`

/** Reads the arguments. Throws a TypeError that names the problem. */
export function readOptions(argv: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      quick: { type: 'boolean' },
      json: { type: 'string' },
      only: { type: 'string' },
      store: { type: 'string' },
    },
  })
  const { only, store } = values
  if (store !== undefined && store !== POSTGRES)
    throw new TypeError(`There is no store '${store}'. Use --store ${POSTGRES}.`)
  if (store !== undefined && only !== undefined)
    throw new TypeError('--store and --only cannot be combined. Give one of them.')
  if (store !== undefined) return { quick: values.quick ?? false, jsonFile: values.json, sections: [POSTGRES] }
  const sections = only === undefined ? SECTIONS : SECTIONS.filter((name) => name === only)
  if (sections.length === 0)
    throw new TypeError(`There is no section '${only ?? ''}'. Use one of: ${SECTIONS.join(', ')}.`)
  return { quick: values.quick ?? false, jsonFile: values.json, sections }
}
