// The metrics of the agent.
import type { TokenManager } from '@latchkey/client'
import { Counter, Gauge, Registry } from 'prom-client'
import { CONNECTION_METRICS, type ConnectionCounts } from '../connections/connection-counts.ts'

const SLOT = ['integration', 'scope'] as const

export class AgentMetrics {
  readonly #registry = new Registry()
  readonly #registers = [this.#registry]
  readonly served = this.#counter('latchkey_agent_tokens_served_total', 'Tokens handed out.', SLOT)
  readonly proxied = this.#counter('latchkey_agent_proxied_total', 'Requests passed on, by the status of the answer.', [
    'proxy',
    'status',
  ])
  readonly rejected = this.#counter('latchkey_agent_turned_away_total', 'Requests of rejected callers.', ['why'])
  readonly #requests = this.#counter('latchkey_agent_token_requests_total', 'Token requests, by their result.', [
    ...SLOT,
    'result',
  ])
  readonly #reused = this.#counter(
    'latchkey_agent_tokens_reused_total',
    'Tokens of other agents that were taken from the store.',
    SLOT,
  )
  readonly #refused = this.#counter(
    'latchkey_agent_api_refusals_total',
    'Answers of APIs with status 401, by reason.',
    [...SLOT, 'reason'],
  )
  readonly #superseded = this.#counter(
    'latchkey_agent_superseded_by_other_total',
    'Tokens that were replaced or revoked by another program.',
    SLOT,
  )

  /** Counts the events of the token managers of an integration. */
  watch(integration: string, managers: readonly TokenManager[]): void {
    for (const manager of managers) {
      const slot = { integration, scope: manager.scope }
      manager.on('issued', () => {
        this.#requests.inc({ ...slot, result: 'issued' })
      })
      manager.on('failed', ({ error }) => {
        this.#requests.inc({ ...slot, result: error.code.toLowerCase() })
      })
      manager.on('reused', () => {
        this.#reused.inc(slot)
      })
      manager.on('refused', ({ reason }) => {
        this.#refused.inc({ ...slot, reason: reason ?? 'none' })
      })
      manager.on('superseded-by-other', () => {
        this.#superseded.inc(slot)
      })
    }
  }

  showRemaining(all: readonly { readonly integration: string; readonly manager: TokenManager }[]): void {
    new Gauge({
      name: 'latchkey_agent_token_remaining_seconds',
      help: 'How long the token is still handed out; 0 without one.',
      labelNames: SLOT,
      registers: this.#registers,
      collect() {
        for (const { integration, manager } of all) {
          this.set({ integration, scope: manager.scope }, manager.status().expiresInSeconds ?? 0)
        }
      },
    })
  }

  showConnections(all: readonly ConnectionCounts[]): void {
    const registers = this.#registers
    const labelNames = ['listener'] as const
    const show = (name: string, help: string, value: (counts: ConnectionCounts) => number): void => {
      const settings = { name, help, labelNames, registers }
      const values = () => all.map((counts) => [{ listener: counts.listener }, value(counts)] as const)
      if (name.endsWith('_total')) {
        new Counter({
          ...settings,
          collect() {
            this.reset()
            for (const [labels, count] of values()) this.inc(labels, count)
          },
        })
      } else {
        new Gauge({
          ...settings,
          collect() {
            for (const [labels, count] of values()) this.set(labels, count)
          },
        })
      }
    }
    for (const [name, help, value] of CONNECTION_METRICS) show(name, help, value)
  }

  get contentType(): string {
    return this.#registry.contentType
  }

  text(): Promise<string> {
    return this.#registry.metrics()
  }

  #counter<Label extends string>(name: string, help: string, labelNames: readonly Label[]): Counter<Label> {
    return new Counter({ name, help, labelNames, registers: this.#registers })
  }
}
