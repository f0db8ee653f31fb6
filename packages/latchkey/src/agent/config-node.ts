// A node of the configuration file. Its methods read the value as an expected type, and record a problem if the value
// is not of this type.
import type { AgentProblem } from './agent-config.ts'

type Members = Readonly<Record<string, unknown>>

/**
 * A value in the configuration file with its path. After a problem, a reader returns a placeholder of the right type.
 * The placeholder is never used, because a configuration with problems is refused.
 */
export class ConfigNode {
  readonly path: string
  readonly #value: unknown
  readonly #problems: AgentProblem[]

  constructor(path: string, value: unknown, problems: AgentProblem[]) {
    this.path = path
    this.#value = value
    this.#problems = problems
  }

  get isThere(): boolean {
    return this.#value !== undefined && this.#value !== null
  }

  /** Records a problem of this node. */
  complain(problem: string, cure: string): void {
    this.#problems.push({ setting: this.path === '' ? 'the file' : this.path, problem, cure })
  }

  /** Reads a mapping. Records a problem for each name that is not in `names`. */
  mapping(names: readonly string[]): (name: string) => ConfigNode {
    const isMapping = typeof this.#value === 'object' && this.#value !== null && !Array.isArray(this.#value)
    const members: Members = isMapping ? (this.#value as Members) : {}
    if (!isMapping) this.complain('must be a mapping', `Use these names: ${names.join(', ')}.`)
    for (const name of Object.keys(members)) {
      if (!names.includes(name))
        this.#at(name, undefined).complain('is not a setting', `The settings here are: ${names.join(', ')}.`)
    }
    return (name) => this.#at(name, Object.hasOwn(members, name) ? members[name] : undefined)
  }

  list(): readonly ConfigNode[] {
    if (!this.isThere) return []
    if (!Array.isArray(this.#value)) {
      this.complain('must be a list', 'Start each entry with a dash.')
      return []
    }
    return this.#value.map((value, index) => new ConfigNode(`${this.path}[${String(index)}]`, value, this.#problems))
  }

  text(): string {
    if (typeof this.#value === 'string' && this.#value !== '') return this.#value
    this.complain(this.isThere ? 'must be text' : 'is missing', 'Set it to a text.')
    return ''
  }

  wholeNumber(least: number, most: number): number {
    const value = this.#value
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value
    const bounds = `a whole number from ${String(least)} to ${String(most)}`
    this.complain(this.isThere ? `must be ${bounds}` : 'is missing', `Set it to ${bounds}.`)
    return least
  }

  /** Records a problem unless the value is `true`. To turn the setting off, an operator omits it. */
  onlyTrue(): void {
    if (this.#value !== true) this.complain('must be true', 'Set it to true, or remove it.')
  }

  oneOf<Word extends string>(words: readonly [Word, ...Word[]]): Word {
    const found = words.find((word) => word === this.#value)
    if (found === undefined) this.complain(`must be ${words.join(' or ')}`, 'Set it to one of these words.')
    return found ?? words[0]
  }

  #at(name: string, value: unknown): ConfigNode {
    return new ConfigNode(this.path === '' ? name : `${this.path}.${name}`, value, this.#problems)
  }
}
