// Asks the operator for confirmation before an action that cannot be undone.
import { CliFailure, EXIT, unusable } from './cli-failure.ts'
import type { Terminal } from './terminal.ts'

export interface Confirmed {
  readonly yes?: true
}

/**
 * Returns if `--yes` was given or the operator confirms.
 * @param act one sentence that says what the command would do and which tokens would end.
 * @throws CliFailure if the operator declines, or if the command has no terminal.
 */
export async function confirm(terminal: Terminal, { yes }: Confirmed, act: string): Promise<void> {
  if (yes === true) return
  if (terminal.ask === undefined) {
    throw unusable(`${act}\nNothing was changed, because there is no terminal to confirm on. Add --yes to confirm.`)
  }
  const answer = await terminal.ask(`${act}\nContinue? [y/N] `)
  if (/^\s*y(?:es)?\s*$/i.test(answer)) return
  throw new CliFailure({ code: 'not_confirmed', exitCode: EXIT.failure, message: 'Nothing was changed.' })
}
