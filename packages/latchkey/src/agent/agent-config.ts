// The configuration of an agent: its integrations, its socket and port, and the upstreams of its proxies.
import type { ClientCredentials } from '@latchkey/credentials'
import type { Secret } from '@latchkey/protocol'

export interface AgentConfig {
  /** The path of the Unix socket. */
  readonly socket: string
  /** The port of loopback HTTP. Undefined if loopback HTTP is off. */
  readonly http?: { readonly port: number }
  /** The key that callers on loopback TCP must send. Undefined if the agent does not listen on loopback TCP. */
  readonly agentKey?: Secret
  readonly store: AgentStore
  readonly integrations: readonly AgentIntegration[]
  readonly proxies: readonly AgentProxy[]
}

export type AgentStore =
  | { readonly kind: 'memory' }
  | ({ readonly kind: 'folder'; readonly folder: string } & SharedStore)
  | ({ readonly kind: 'valkey'; readonly url: string; readonly password?: Secret } & SharedStore)

interface SharedStore {
  /**
   * The key that encrypts tokens in the store. If undefined, the secret or the private key of each integration encrypts
   * its tokens.
   */
  readonly sealingKey?: Secret
}

export interface AgentIntegration {
  readonly name: string
  readonly endpoint: { readonly issuer: string } | { readonly tokenUrl: string }
  readonly clientId: string
  readonly credentials: ClientCredentials
  /**
   * The issuer of the server, which is the audience of assertions. Undefined if the file contains only the token
   * endpoint.
   */
  readonly audience?: string
  readonly scopes: readonly string[]
  readonly parameters: 'query' | 'body'
  readonly refreshBeforeSeconds: number
}

export interface AgentProxy {
  readonly name: string
  readonly listen: { readonly port: number } | { readonly socket: string }
  /** The origin of the API. It must be https, except on loopback. */
  readonly upstream: string
  readonly integration: string
  readonly scope: string
}

/** A problem in the configuration file, and how to fix it. Its texts never quote a secret. */
export interface AgentProblem {
  /** The path of the setting in the file, such as `integrations[0].scopes`. */
  readonly setting: string
  /** The problem. It continues a sentence that begins with the setting: `must be …`. */
  readonly problem: string
  /** A sentence that says how to fix the problem. */
  readonly cure: string
}
