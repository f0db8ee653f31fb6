// The User-Agent headers of the last callers as they are kept: a caller that comes again gets the same string.
import { printableAgent } from '../domain/printable-agent.ts'

const MOST_AGENTS = 1000

export class KeptAgents {
  readonly #agents = new Map<string, string>()

  /** Returns the header in its kept form. The result is never a part of the request's memory. */
  of(userAgent: string): string {
    const known = this.#agents.get(userAgent)
    if (known !== undefined) return known
    const agent = printableAgent(userAgent)
    // Callers choose the header. A full table begins again: the strings in use are made once more.
    if (this.#agents.size >= MOST_AGENTS) this.#agents.clear()
    // The key is the kept form as well, so that no header stays: a header in another form is converted each time.
    this.#agents.set(agent, agent)
    return agent
  }
}
