// The failure of a command: a message for operators, a code and an exit code for scripts.
import type { ConfigProblem } from '../config/config-problem.ts'
import { describeProblems } from '../config/config-problem.ts'

export const EXIT = {
  ok: 0,
  failure: 1,
  usage: 2,
  notFoundOrConflict: 3,
  forbidden: 4,
  unreachable: 5,
  problemsFound: 6,
  interrupted: 130,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/**
 * The failure of a command. `message` is for people, and `code` and `facts` are for programs. The three never contain a
 * secret.
 */
export class CliFailure extends Error {
  readonly code: string
  readonly exitCode: ExitCode
  readonly facts: Readonly<Record<string, unknown>>

  constructor(
    { code, exitCode, message }: { readonly code: string; readonly exitCode: ExitCode; readonly message: string },
    facts: Readonly<Record<string, unknown>> = {},
  ) {
    super(message)
    this.name = 'CliFailure'
    this.code = code
    this.exitCode = exitCode
    this.facts = facts
  }
}

export const configurationUnusable = (problems: readonly ConfigProblem[]): CliFailure =>
  new CliFailure(
    { code: 'configuration_unusable', exitCode: EXIT.usage, message: describeProblems(problems) },
    { problems },
  )

/** Makes the failure for an argument, an option or an input that is not valid. `message` says what to do. */
export const unusable = (message: string): CliFailure =>
  new CliFailure({ code: 'usage', exitCode: EXIT.usage, message })
