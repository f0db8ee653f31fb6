// What an agent is told: which integrations it owns, where it hands out tokens, and for which upstreams it adds them.
import type { Secret } from '@latchkey/protocol'

export interface AgentConfig {
  /** Path of the Unix socket. */
  readonly socket: string
  /** Loopback HTTP; off unless asked for. */
  readonly http?: { readonly port: number }
  /** Shown by whoever comes over loopback TCP; there if and only if something listens there. */
  readonly agentKey?: Secret
  readonly store: AgentStore
  readonly integrations: readonly AgentIntegration[]
  readonly proxies: readonly AgentProxy[]
}

export type AgentStore =
  | { readonly kind: 'memory' }
  | { readonly kind: 'folder'; readonly folder: string }
  | { readonly kind: 'valkey'; readonly url: string; readonly password?: Secret }

export interface AgentIntegration {
  readonly name: string
  readonly endpoint: { readonly issuer: string } | { readonly tokenUrl: string }
  readonly clientId: string
  readonly clientSecret: Secret
  readonly scopes: readonly string[]
  readonly parameters: 'query' | 'body'
  readonly refreshBeforeSeconds: number
}

export interface AgentProxy {
  readonly name: string
  readonly listen: { readonly port: number } | { readonly socket: string }
  /** An origin: https, or http on loopback. */
  readonly upstream: string
  readonly integration: string
  readonly scope: string
}

/** One thing that is wrong with the file: where, what, and what to do about it. Secrets are never quoted. */
export interface AgentProblem {
  /** A path into the file, such as `integrations[0].scopes`. */
  readonly setting: string
  /** Continues it: `must be …`. */
  readonly problem: string
  /** A sentence. */
  readonly cure: string
}
