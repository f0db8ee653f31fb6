// The configuration of one server, checked and frozen.
import type { AddressRange } from '../domain/address-ranges.ts'
import type { Secret } from '@latchkey/protocol'
import type { SigningAlgorithm } from '../domain/signing-key.ts'
import { isWildcard } from './loopback.ts'
import type { LOG_LEVELS } from './settings.ts'
import type { SecretSource } from './setting.ts'
import type { SettingInForce } from './settings-in-force.ts'

export interface TlsMaterial {
  /** The certificate chain in PEM. */
  readonly cert: string
  /** The private key in PEM. */
  readonly key: Secret
}

export interface ListenerConfig {
  readonly host: string
  /** The port. 0 means that the operating system chooses a free port. */
  readonly port: number
  readonly tls?: TlsMaterial
}

export interface Config {
  readonly publicListener: ListenerConfig
  readonly adminListener: ListenerConfig & {
    readonly behindProxy: boolean
    /**
     * `loopback`: according to the operator, the ports of this container are published only on the loopback address of
     * its host.
     */
    readonly publishedOn: 'loopback' | undefined
  }
  /**
   * The URL that clients use: an origin, without a slash at its end. Undefined if the server knows its port only after
   * it has begun to listen.
   */
  readonly publicUrl: string | undefined
  /** Returns the issuer identifier of a server with this public URL. */
  readonly issuerFor: (publicUrl: string) => string
  readonly authServerId: string
  readonly audience: string
  readonly tokenLifetimeSeconds: number
  readonly signingAlg: SigningAlgorithm
  readonly jwksMaxAgeSeconds: number
  /** The number of days for which the server keeps audit events. 0 keeps all events. */
  readonly auditRetentionDays: number
  readonly masterKey: SecretSource | { readonly kind: 'data-folder' }
  /** The number of seconds for which the server continues to serve requests after a stop signal. */
  readonly shutdownDelaySeconds: number
  /** The store of the server: the embedded store, or a PostgreSQL database. */
  readonly store: StoreConfig
  readonly secretReveal: 'operators' | 'never'
  /** The badge of the console. Undefined if the environment has no name. */
  readonly environment: EnvironmentBadge | undefined
  /** The data folder, as an absolute path. */
  readonly dataDir: string
  readonly trustedProxies: readonly string[]
  /** The networks from which the server may fetch the keys of issuers, in addition to public addresses. */
  readonly keySourceNetworks: readonly AddressRange[]
  readonly log: LogConfig
  /** True if the first start creates the demo integration. */
  readonly demo: boolean
  /** All settings with their origins, which the console and `latchkey config print` show. */
  readonly settings: readonly SettingInForce[]
}

export interface EnvironmentBadge {
  readonly name: string
  readonly color: 'gray' | 'green' | 'blue' | 'violet' | 'orange' | 'red'
}

export type StoreConfig =
  /** The embedded store, a database file in the data folder. */
  | { readonly kind: 'embedded' }
  | {
      readonly kind: 'postgres'
      readonly url: Secret
      /**
       * The kind of failover of the database. It decides whether tokens that were issued before a failover stay live.
       */
      readonly failover: 'asynchronous' | 'synchronous'
    }

export interface LogConfig {
  readonly level: (typeof LOG_LEVELS)[number]
  readonly format: 'json' | 'pretty'
}

/** Returns the URL by which programs on this machine can reach a listener on `port`. */
export function listenerUrl({ host, tls }: ListenerConfig, port: number): string {
  const scheme = tls === undefined ? 'http' : 'https'
  return new URL(`${scheme}://${inUrl(host)}:${String(port)}`).origin
}

// Replaces a wildcard address such as 0.0.0.0 by a loopback address, because clients cannot connect to a wildcard
// address.
function inUrl(host: string): string {
  if (isWildcard(host)) return host.includes(':') ? '[::1]' : '127.0.0.1'
  return host.includes(':') ? `[${host}]` : host
}
