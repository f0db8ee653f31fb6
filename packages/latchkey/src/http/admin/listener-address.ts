// The address of the admin listener, and how browsers reach it.

export interface AdminListenerAddress {
  readonly host: string
  /** With 0 the system chooses the port. */
  readonly port: number
  /** True if browsers reach the listener through a proxy that terminates TLS. */
  readonly behindProxy?: boolean
  /** `loopback`: the ports of this container are published on loopback alone. */
  readonly publishedOn?: 'loopback' | undefined
  /** Both are PEM texts. */
  readonly tls?: { readonly cert: string; readonly key: { reveal(): string } }
}
