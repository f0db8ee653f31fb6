// Reads a manifest from a YAML or JSON file: four lists of entries. The server checks the contents of the entries.
import type { Manifest } from '../../http/contract/admin-api.ts'
import { unusable } from '../cli-failure.ts'
import { readInput } from '../read-input.ts'
import type { Terminal } from '../terminal.ts'
import { withKeysOfFiles } from './read-keys.ts'

export const LISTS = ['issuers', 'scopes', 'apis', 'integrations'] as const satisfies readonly (keyof Manifest)[]

export type ListName = (typeof LISTS)[number]

export type Entry = Readonly<Record<string, unknown>>

export interface ManifestFile extends Readonly<Record<Exclude<ListName, 'issuers'>, readonly Entry[]>> {
  /** All trusted issuers. Undefined if the file has no list of issuers. The server then keeps its issuers unchanged. */
  readonly issuers: readonly Entry[] | undefined
}

/** The limit in bytes. It allows some 100,000 integrations. */
const MOST_BYTES = 64 * 1024 * 1024

/**
 * Reads the file. `path` may be `-` for standard input. If the file is not valid, throws a `CliFailure` that names the
 * line.
 */
export async function readManifest(terminal: Terminal, path: string): Promise<ManifestFile> {
  const text = await readInput(terminal, path, { what: 'a manifest', mostBytes: MOST_BYTES })
  // The YAML library is imported only here, because the other commands need no YAML.
  const { readYaml } = await import('../../config/read-yaml.ts')
  const read = readYaml(text)
  if (!read.ok) throw unusable(`${path} is not valid YAML: ${read.refusal}. Correct the file and try again.`)
  const content = read.value
  if (!isEntry(content)) throw unusable(`${path} must be a mapping with ${LISTS.join(', ')}.`)
  for (const name of Object.keys(content)) {
    if (!LISTS.some((list) => list === name))
      throw unusable(`${path}: ${name} is unknown. A manifest has the lists ${LISTS.join(', ')}.`)
  }
  return {
    issuers: 'issuers' in content ? entriesOf(path, content, 'issuers') : undefined,
    scopes: entriesOf(path, content, 'scopes'),
    apis: entriesOf(path, content, 'apis'),
    integrations: await withKeysOfFiles(terminal, path, entriesOf(path, content, 'integrations')),
  }
}

function entriesOf(path: string, content: Entry, list: ListName): readonly Entry[] {
  const entries = content[list] ?? []
  if (!Array.isArray(entries)) throw unusable(`${path}: ${list} must be a list.`)
  return entries.map((entry: unknown, index): Entry => {
    if (!isEntry(entry)) throw unusable(`${path}: /${list}/${String(index)} must be a mapping.`)
    return entry
  })
}

const isEntry = (value: unknown): value is Entry => typeof value === 'object' && value !== null && !Array.isArray(value)

export const nameOf = ({ name }: Entry): string => (typeof name === 'string' ? name : '?')
