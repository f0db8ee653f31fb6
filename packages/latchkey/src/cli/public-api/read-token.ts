// Reads a token from a file or from standard input.
import { readInput, STANDARD_INPUT } from '../read-input.ts'
import type { Terminal } from '../terminal.ts'

export const TOKEN_FILE_OPTION = [
  '--token-file <file>',
  'holds the token, or the answer of the token endpoint; standard input unless given',
] as const

/**
 * Returns the token without the text around it. Also accepts the answer of a token endpoint and the value of an
 * Authorization header. Throws `CliFailure` if the input is empty, too long or unreadable.
 */
export async function readToken(terminal: Terminal, file: string | undefined): Promise<string> {
  const text = await readInput(terminal, file ?? STANDARD_INPUT, { what: 'a token' })
  return tokenInAnswer(text) ?? text.replace(/^bearer +/i, '')
}

function tokenInAnswer(text: string): string | undefined {
  if (!text.startsWith('{')) return undefined
  try {
    const answer = JSON.parse(text) as Readonly<Record<string, unknown>>
    return typeof answer['access_token'] === 'string' ? answer['access_token'] : undefined
  } catch {
    return undefined
  }
}
