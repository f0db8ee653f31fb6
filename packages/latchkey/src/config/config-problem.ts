// A problem of the configuration: which setting, what is wrong, what to do about it. Secrets are never quoted.
export interface ConfigProblem {
  /** The variable, or the flag when the value came from there. */
  readonly setting: string
  /** Continues the setting's name: `must be …`. */
  readonly problem: string
  /** A sentence. */
  readonly cure: string
}

/** All problems as text for a terminal, each with its cure. */
export function describeProblems(problems: readonly ConfigProblem[]): string {
  const count = problems.length === 1 ? 'one setting needs' : `${String(problems.length)} settings need`
  const entries = problems.map(({ setting, problem, cure }) => `  ${setting} ${problem}.\n    ${cure}\n`)
  return `The configuration is not usable: ${count} attention.\n\n${entries.join('\n')}`
}
