// Where the admin listener listens, and how browsers reach it.

export interface AdminListenerAddress {
  readonly host: string
  /** 0: the system chooses the port. */
  readonly port: number
  /** Browsers reach it through a proxy that speaks TLS. */
  readonly behindProxy?: boolean
  /** Both in PEM. */
  readonly tls?: { readonly cert: string; readonly key: { reveal(): string } }
}
