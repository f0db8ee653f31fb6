// Reads a file or standard input. Secrets and tokens are never arguments, because every user of the machine can see
// command lines.
import { readFile as readWhole } from 'node:fs/promises'
import { unusable } from './cli-failure.ts'
import type { Terminal } from './terminal.ts'

const MOST_BYTES = 64 * 1024

/** The path that stands for standard input. */
export const STANDARD_INPUT = '-'

/**
 * Returns the text of a file, or of standard input for `-`, without white space at its ends. Throws `CliFailure` if the
 * input is empty, too long or unreadable.
 */
export async function readInput(
  terminal: Terminal,
  path: string,
  { what, mostBytes = MOST_BYTES }: { readonly what: string; readonly mostBytes?: number },
): Promise<string> {
  const read =
    path === STANDARD_INPUT ? await readStandardInput(terminal, what, mostBytes) : await readFile(path, what, mostBytes)
  const text = read.trim()
  if (text === '') throw unusable(`${sourceName(path)} is empty. It must contain ${what}.`)
  return text
}

async function readStandardInput({ input }: Terminal, what: string, mostBytes: number): Promise<string> {
  if (input === undefined) throw unusable(`Standard input is a terminal. Pass ${what} through a pipe or a file.`)
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of input) {
    size += chunk.length
    if (size > mostBytes) throw tooLong(STANDARD_INPUT, what)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

// The read is asynchronous, because a pipe may have no data for a long time, and signals must not be blocked in that
// time.
async function readFile(path: string, what: string, mostBytes: number): Promise<string> {
  let bytes: Buffer
  try {
    bytes = await readWhole(path)
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error'
    throw unusable(`Cannot read ${path} (${code}). It must be a readable file that contains ${what}.`)
  }
  if (bytes.length > mostBytes) throw tooLong(path, what)
  return bytes.toString('utf8')
}

const tooLong = (path: string, what: string) =>
  unusable(`${sourceName(path)} is too long to be ${what}. Check that it is the right input.`)

const sourceName = (path: string): string => (path === STANDARD_INPUT ? 'Standard input' : path)
