// The question before an act that cannot be taken back.
import { CliFailure, EXIT, unusable } from './cli-failure.ts'
import type { Terminal } from './terminal.ts'

export interface Confirmed {
  readonly yes?: true
}

/**
 * Returns when it may go on: `--yes` was given, or a person said so.
 * @param act what would be done and what it ends, as a sentence.
 * @throws CliFailure when the person declines, or when there is nobody to ask.
 */
export async function confirm(terminal: Terminal, { yes }: Confirmed, act: string): Promise<void> {
  if (yes === true) return
  if (terminal.ask === undefined) {
    throw unusable(`${act}\nThere is no terminal to ask on: add --yes if that is what you want. Nothing was changed.`)
  }
  const answer = await terminal.ask(`${act}\nGo on? [y/N] `)
  if (/^\s*y(?:es)?\s*$/i.test(answer)) return
  throw new CliFailure({ code: 'not_confirmed', exitCode: EXIT.failure, message: 'Nothing was changed.' })
}
