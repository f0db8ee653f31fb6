// The configuration of one server, checked and frozen.
import type { Secret } from '@latchkey/protocol'
import type { SigningAlgorithm } from '../domain/signing-key.ts'
import { isWildcard } from './loopback.ts'
import type { LOG_LEVELS } from './settings.ts'
import type { SecretSource } from './setting.ts'
import type { SettingInForce } from './settings-in-force.ts'

export interface TlsMaterial {
  /** The certificate chain, PEM. */
  readonly cert: string
  /** The private key, PEM. */
  readonly key: Secret
}

export interface ListenerConfig {
  readonly host: string
  /** 0: any free port. */
  readonly port: number
  readonly tls?: TlsMaterial
}

export interface Config {
  readonly publicListener: ListenerConfig
  readonly adminListener: ListenerConfig & { readonly behindProxy: boolean }
  /** An origin, without a slash at its end; undefined when only the port that the listener gets can complete it. */
  readonly publicUrl: string | undefined
  /** The issuer of a server with this public URL. */
  readonly issuerFor: (publicUrl: string) => string
  readonly authServerId: string
  readonly audience: string
  readonly tokenLifetimeSeconds: number
  readonly signingAlg: SigningAlgorithm
  readonly jwksMaxAgeSeconds: number
  /** 0: for good. */
  readonly auditRetentionDays: number
  readonly masterKey: SecretSource | { readonly kind: 'data-folder' }
  /** For how long it still serves when it was asked to stop. */
  readonly shutdownDelaySeconds: number
  /** Where the state is kept. */
  readonly store: StoreConfig
  readonly secretReveal: 'operators' | 'never'
  /** Absolute. */
  readonly dataDir: string
  readonly trustedProxies: readonly string[]
  readonly log: LogConfig
  /** Whether the first start makes an integration to try. */
  readonly demo: boolean
  /** All of it as it was set, for those who ask. */
  readonly settings: readonly SettingInForce[]
}

export type StoreConfig =
  /** In the data folder. */
  | { readonly kind: 'embedded' }
  | {
      readonly kind: 'postgres'
      readonly url: Secret
      /** What a move of the database to another server means for tokens from before. */
      readonly failover: 'asynchronous' | 'synchronous'
    }

export interface LogConfig {
  readonly level: (typeof LOG_LEVELS)[number]
  readonly format: 'json' | 'pretty'
}

/** The origin at which this machine reaches a listener that listens on `port`. */
export function listenerUrl({ host, tls }: ListenerConfig, port: number): string {
  const scheme = tls === undefined ? 'http' : 'https'
  return new URL(`${scheme}://${inUrl(host)}:${String(port)}`).origin
}

// All addresses are no address to call.
function inUrl(host: string): string {
  if (isWildcard(host)) return host.includes(':') ? '[::1]' : '127.0.0.1'
  return host.includes(':') ? `[${host}]` : host
}
