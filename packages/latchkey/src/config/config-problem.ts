// A problem of the configuration: the setting, what is wrong, and what to do. Never quotes a secret.
export interface ConfigProblem {
  /** The variable, or the flag if the value came from a flag. */
  readonly setting: string
  /** Continues the setting's name: `must be …`. */
  readonly problem: string
  /** A sentence. */
  readonly cure: string
}

/** Returns all problems as text for a terminal, each with its cure. */
export function describeProblems(problems: readonly ConfigProblem[]): string {
  const count = problems.length === 1 ? 'one setting needs' : `${String(problems.length)} settings need`
  const entries = problems.map(({ setting, problem, cure }) => `  ${setting} ${problem}.\n    ${cure}\n`)
  return `The configuration is not usable: ${count} attention.\n\n${entries.join('\n')}`
}
