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
  /** The port. 0 means any free port. */
  readonly port: number
  readonly tls?: TlsMaterial
}

export interface Config {
  readonly publicListener: ListenerConfig
  readonly adminListener: ListenerConfig & {
    readonly behindProxy: boolean
    /** `loopback`: the ports of this container are published only on loopback. */
    readonly publishedOn: 'loopback' | undefined
  }
  /** An origin, without a slash at its end. Undefined if the port is known only after the listener is bound. */
  readonly publicUrl: string | undefined
  /** Returns the issuer of a server with this public URL. */
  readonly issuerFor: (publicUrl: string) => string
  readonly authServerId: string
  readonly audience: string
  readonly tokenLifetimeSeconds: number
  readonly signingAlg: SigningAlgorithm
  readonly jwksMaxAgeSeconds: number
  /** How many days the audit trail is kept. 0 keeps the whole trail. */
  readonly auditRetentionDays: number
  readonly masterKey: SecretSource | { readonly kind: 'data-folder' }
  /** How long the server continues to serve requests after a stop signal. */
  readonly shutdownDelaySeconds: number
  /** Where the state is stored. */
  readonly store: StoreConfig
  readonly secretReveal: 'operators' | 'never'
  /** The badge of the console. Undefined if the environment has no name. */
  readonly environment: EnvironmentBadge | undefined
  /** The data folder, as an absolute path. */
  readonly dataDir: string
  readonly trustedProxies: readonly string[]
  /** The networks beyond public addresses from which the server may fetch keys. */
  readonly keySourceNetworks: readonly AddressRange[]
  readonly log: LogConfig
  /** Whether the first start creates the demo integration. */
  readonly demo: boolean
  /** All settings with their origins, for operators. */
  readonly settings: readonly SettingInForce[]
}

export interface EnvironmentBadge {
  readonly name: string
  readonly color: 'gray' | 'green' | 'blue' | 'violet' | 'orange' | 'red'
}

export type StoreConfig =
  /** The path of the database file, in the data folder. */
  | { readonly kind: 'embedded' }
  | {
      readonly kind: 'postgres'
      readonly url: Secret
      /** What a failover of the database means for tokens that were issued before it. */
      readonly failover: 'asynchronous' | 'synchronous'
    }

export interface LogConfig {
  readonly level: (typeof LOG_LEVELS)[number]
  readonly format: 'json' | 'pretty'
}

/** Returns the origin at which this machine reaches a listener on `port`. */
export function listenerUrl({ host, tls }: ListenerConfig, port: number): string {
  const scheme = tls === undefined ? 'http' : 'https'
  return new URL(`${scheme}://${inUrl(host)}:${String(port)}`).origin
}

// A wildcard address such as 0.0.0.0 is not an address that a client can call.
function inUrl(host: string): string {
  if (isWildcard(host)) return host.includes(':') ? '[::1]' : '127.0.0.1'
  return host.includes(':') ? `[${host}]` : host
}
