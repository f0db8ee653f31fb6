// A place in a configuration file: reads what stands there as the type it must have, and notes all that is wrong.
import type { AgentProblem } from './agent-config.ts'

type Members = Readonly<Record<string, unknown>>

/** Answers for what could not be read are of the right type and of no use: nobody uses them once there is a problem. */
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

  /** Notes what is wrong with this place. */
  complain(problem: string, cure: string): void {
    this.#problems.push({ setting: this.path === '' ? 'the file' : this.path, problem, cure })
  }

  /** A mapping with no other names than these. */
  mapping(names: readonly string[]): (name: string) => ConfigNode {
    const isMapping = typeof this.#value === 'object' && this.#value !== null && !Array.isArray(this.#value)
    const members: Members = isMapping ? (this.#value as Members) : {}
    if (!isMapping) this.complain('must be a mapping', `Give it some of: ${names.join(', ')}.`)
    for (const name of Object.keys(members)) {
      if (!names.includes(name))
        this.#at(name, undefined).complain('is not a setting', `Here can be: ${names.join(', ')}.`)
    }
    return (name) => this.#at(name, Object.hasOwn(members, name) ? members[name] : undefined)
  }

  list(): readonly ConfigNode[] {
    if (!this.isThere) return []
    if (!Array.isArray(this.#value)) {
      this.complain('must be a list', 'Begin each entry with a dash.')
      return []
    }
    return this.#value.map((value, index) => new ConfigNode(`${this.path}[${String(index)}]`, value, this.#problems))
  }

  text(): string {
    if (typeof this.#value === 'string' && this.#value !== '') return this.#value
    this.complain(this.isThere ? 'must be text' : 'is missing', 'Give it a text.')
    return ''
  }

  wholeNumber(least: number, most: number): number {
    const value = this.#value
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value
    const bounds = `a whole number from ${String(least)} to ${String(most)}`
    this.complain(this.isThere ? `must be ${bounds}` : 'is missing', `Give it ${bounds}.`)
    return least
  }

  oneOf<Word extends string>(words: readonly [Word, ...Word[]]): Word {
    const found = words.find((word) => word === this.#value)
    if (found === undefined) this.complain(`must be ${words.join(' or ')}`, 'Write it like that.')
    return found ?? words[0]
  }

  #at(name: string, value: unknown): ConfigNode {
    return new ConfigNode(this.path === '' ? name : `${this.path}.${name}`, value, this.#problems)
  }
}
