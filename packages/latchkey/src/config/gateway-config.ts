// The configuration of one gateway, checked and frozen.
import type { Scope, Secret } from '@latchkey/protocol'
import type { ListenerConfig, LogConfig } from './config.ts'

export interface GatewayConfig {
  /** The `iss` of the tokens, as the server writes it. */
  readonly issuer: string
  readonly audience: string
  readonly liveness: GatewayLiveness
  /** Of an integration with the resource-server right; undefined only where the server is never asked. */
  readonly credentials: { readonly clientId: string; readonly clientSecret: Secret } | undefined
  /** Where clients come in. */
  readonly listener: ListenerConfig
  /** Proxies in front whose X-Forwarded-* is believed: addresses and CIDR ranges. */
  readonly trustedProxies: readonly string[]
  /** Where health and metrics are. */
  readonly status: ListenerConfig
  readonly apis: readonly GatewayApi[]
  /** Whether upstreams see the token. */
  readonly authorization: 'forwarded' | 'kept'
  readonly limits: GatewayLimits
  readonly timeouts: GatewayTimeouts
  readonly log: LogConfig
}

/** How a token that ended is noticed; the guard says what each means. */
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
  /** Requests being answered at once. */
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
  /** Between the wish to stop and the stop. */
  readonly shutdownDelay: number
  /** For answers in work when the gateway stops. */
  readonly stop: number
}
