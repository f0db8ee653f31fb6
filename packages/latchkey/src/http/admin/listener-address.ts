// The address of the admin listener, and how browsers reach the listener.

export interface AdminListenerAddress {
  readonly host: string
  /** The port. With 0 the system chooses one. */
  readonly port: number
  /** True if browsers reach the listener through a proxy that terminates TLS. */
  readonly behindProxy?: boolean
  /** `loopback`: the ports of this container are published only on loopback. */
  readonly publishedOn?: 'loopback' | undefined
  /** The certificate and its private key, as PEM texts. */
  readonly tls?: { readonly cert: string; readonly key: { reveal(): string } }
}
