// The configuration of one gateway, checked and frozen.
import type { Scope, Secret } from '@latchkey/protocol'
import type { ListenerConfig, LogConfig } from './config.ts'

export interface GatewayConfig {
  /** The `iss` of the tokens, as the server writes it. */
  readonly issuer: string
  readonly audience: string
  readonly liveness: GatewayLiveness
  /** Those of an integration with the resource-server right. Undefined if the gateway never asks the server. */
  readonly credentials: { readonly clientId: string; readonly clientSecret: Secret } | undefined
  /** The listener for clients. */
  readonly listener: ListenerConfig
  /** Proxies in front whose X-Forwarded-* is believed: addresses and CIDR ranges. */
  readonly trustedProxies: readonly string[]
  /** The listener for health and metrics. */
  readonly status: ListenerConfig
  readonly apis: readonly GatewayApi[]
  /** Whether upstreams see the token. */
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
  /** Open requests at the same time. */
  readonly requests: number
}

/** Milliseconds. */
export interface GatewayTimeouts {
  /** Until a client has sent its headers. */
  readonly headers: number
  /** Until a client has sent its whole request. */
  readonly request: number
  readonly keepAlive: number
  /** Until an upstream takes the connection. */
  readonly connect: number
  /** Until an upstream begins to answer. */
  readonly response: number
  /** Between two pieces of an answer. */
  readonly idle: number
  /** Between a stop signal and the drain. */
  readonly shutdownDelay: number
  /** For open answers when the gateway stops. */
  readonly stop: number
}
