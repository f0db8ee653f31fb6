// A problem of the configuration: the setting, what is wrong, and what to do. It never quotes a secret.
export interface ConfigProblem {
  /** The variable, or the flag if the value came from a flag. */
  readonly setting: string
  /** The problem. It continues a sentence that begins with the setting's name: `must be …`. */
  readonly problem: string
  /** A sentence that says what to do. */
  readonly cure: string
}

/** Returns all problems as text for a terminal. Each problem comes with its remedy. */
export function describeProblems(problems: readonly ConfigProblem[]): string {
  const count = problems.length === 1 ? 'one setting needs' : `${String(problems.length)} settings need`
  const entries = problems.map(({ setting, problem, cure }) => `  ${setting} ${problem}.\n    ${cure}\n`)
  return `The configuration is not usable: ${count} attention.\n\n${entries.join('\n')}`
}
