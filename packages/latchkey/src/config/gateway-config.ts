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
   * An integration with the resource-server right, and what proves it. Undefined if the gateway never asks the server.
   */
  readonly credentials: ({ readonly clientId: string } & ClientCredentials) | undefined
  /** The listener for clients. */
  readonly listener: ListenerConfig
  /** The proxies in front whose X-Forwarded-* headers are trusted: addresses and CIDR ranges. */
  readonly trustedProxies: readonly string[]
  /** The listener for health and metrics. */
  readonly status: ListenerConfig
  readonly apis: readonly GatewayApi[]
  /** Whether upstreams get the token. */
  readonly authorization: 'forwarded' | 'kept'
  readonly limits: GatewayLimits
  readonly timeouts: GatewayTimeouts
  readonly log: LogConfig
}

/** How the gateway notices that a token ended: see the guard's option `liveness`. */
export type GatewayLiveness =
  | { readonly mode: 'feed'; readonly maxStaleSeconds: number; readonly onStale: 'introspect' | 'refuse' }
  | { readonly mode: 'introspect'; readonly maxAgeSeconds: number }
  | { readonly mode: 'until-expiry' }

export interface GatewayApi {
  readonly name: string
  readonly scope: Scope
  readonly routes: readonly string[]
  /** An origin, without a slash at its end. */
  readonly upstream: string
}

export interface GatewayLimits {
  readonly bodyBytes: number
  readonly headerBytes: number
  readonly connections: number
  /** The largest number of open requests at the same time. */
  readonly requests: number
}

/** Milliseconds. */
export interface GatewayTimeouts {
  /** The time until a client has sent its headers. */
  readonly headers: number
  /** The time until a client has sent its whole request. */
  readonly request: number
  readonly keepAlive: number
  /** The time until an upstream accepts the connection. */
  readonly connect: number
  /** The time until an upstream begins its answer. */
  readonly response: number
  /** The time between two pieces of an answer. */
  readonly idle: number
  /** The time between a stop signal and the drain. */
  readonly shutdownDelay: number
  /** The time that open answers have when the gateway stops. */
  readonly stop: number
}
