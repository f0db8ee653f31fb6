// A problem of the configuration: the setting, what is wrong, and what to do. Its texts never quote a secret.
export interface ConfigProblem {
  /** The name of the environment variable, or of the flag if the value came from a flag. */
  readonly setting: string
  /** The problem. It continues a sentence that begins with the setting's name: `must be …`. */
  readonly problem: string
  /** A sentence that says what to do. */
  readonly cure: string
}

/** Returns all problems and their remedies as a text for a terminal. */
export function describeProblems(problems: readonly ConfigProblem[]): string {
  const count = problems.length === 1 ? 'one setting needs' : `${String(problems.length)} settings need`
  const entries = problems.map(({ setting, problem, cure }) => `  ${setting} ${problem}.\n    ${cure}\n`)
  return `The configuration is not usable: ${count} attention.\n\n${entries.join('\n')}`
}
