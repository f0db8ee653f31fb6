// The configuration of one gateway, checked and frozen.
import type { ClientCredentials } from '@latchkey/credentials'
import type { Scope } from '@latchkey/protocol'
import type { ListenerConfig, LogConfig } from './config.ts'

export interface GatewayConfig {
  /** The `iss` of the tokens, exactly as the server writes it. */
  readonly issuer: string
  readonly audience: string
  readonly liveness: GatewayLiveness
  /**
   * The client ID and credential of an integration with the resource-server right. Undefined if the gateway never sends
   * requests to the server.
   */
  readonly credentials: ({ readonly clientId: string } & ClientCredentials) | undefined
  /** The settings of the listener for clients. */
  readonly listener: ListenerConfig
  /**
   * The addresses and CIDR ranges of proxies between clients and the gateway. The gateway trusts their X-Forwarded-*
   * headers.
   */
  readonly trustedProxies: readonly string[]
  /** The settings of the listener for health checks and metrics. */
  readonly status: ListenerConfig
  readonly apis: readonly GatewayApi[]
  /** `forwarded`: upstreams get the token of the request. `kept`: the gateway removes the token. */
  readonly authorization: 'forwarded' | 'kept'
  readonly limits: GatewayLimits
  readonly timeouts: GatewayTimeouts
  readonly log: LogConfig
}

/** How the gateway notices that a token has ended. See the option `liveness` of the guard package. */
export type GatewayLiveness =
  | { readonly mode: 'feed'; readonly maxStaleSeconds: number; readonly onStale: 'introspect' | 'refuse' }
  | { readonly mode: 'introspect'; readonly maxAgeSeconds: number }
  | { readonly mode: 'until-expiry' }

export interface GatewayApi {
  readonly name: string
  readonly scope: Scope
  readonly routes: readonly string[]
  /** The URL of the upstream: an origin, without a slash at its end. */
  readonly upstream: string
}

export interface GatewayLimits {
  readonly bodyBytes: number
  readonly headerBytes: number
  readonly connections: number
  /** The largest number of open requests at the same time. */
  readonly requests: number
}

/** The time limits of the gateway, in milliseconds. */
export interface GatewayTimeouts {
  /** The longest time for a client to send its headers. */
  readonly headers: number
  /** The longest time for a client to send its whole request. */
  readonly request: number
  readonly keepAlive: number
  /** The longest time for an upstream to accept a connection. */
  readonly connect: number
  /** The longest time for an upstream to begin its answer. */
  readonly response: number
  /** The longest pause between two pieces of an answer. */
  readonly idle: number
  /** The time for which the gateway continues to serve requests after a stop signal, before it drains. */
  readonly shutdownDelay: number
  /** The longest time for open answers to finish when the gateway stops. */
  readonly stop: number
}
