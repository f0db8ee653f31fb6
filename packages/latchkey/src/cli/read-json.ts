// Reads a JSON array from a file or standard input.
import { unusable } from './cli-failure.ts'
import { readInput } from './read-input.ts'
import type { Terminal } from './terminal.ts'

interface JsonArray {
  /** The required content in words, for messages. */
  readonly what: string
  /** Returns the part of the document that must be the array. The default is the whole document. */
  readonly arrayIn?: (document: unknown) => unknown
}

/** Returns the array. The server checks its items. Throws `CliFailure` if there is no array. */
export async function readJsonArray<Item>(
  terminal: Terminal,
  path: string,
  { what, arrayIn = (document) => document }: JsonArray,
): Promise<readonly Item[]> {
  const text = await readInput(terminal, path, { what })
  try {
    const found = arrayIn(JSON.parse(text))
    if (Array.isArray(found)) return found as readonly Item[]
  } catch {
    // The error of the parser is dropped, because it may quote the file. The error below reports the problem.
  }
  throw unusable(`${path} does not contain ${what}.`)
}
