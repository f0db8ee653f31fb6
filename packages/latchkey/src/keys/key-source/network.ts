// DNS lookups and TCP connections behind an interface, so that a test can decide which addresses a name has.
import { lookup } from 'node:dns/promises'
import { connect, type Socket } from 'node:net'

export interface ResolvedAddress {
  readonly address: string
  readonly family: number
}

export interface Network {
  /**
   * Resolves with all addresses of a name, in the order in which the caller should try them. Rejects if the name has no
   * address.
   */
  resolve(name: string): Promise<readonly ResolvedAddress[]>
  /** Connects to the first of the given addresses that answers. */
  connect(addresses: readonly ResolvedAddress[], port: number): Socket
}

/** The network of the operating system. Lookups respect the hosts file. */
export const systemNetwork: Network = {
  resolve: (name) => lookup(name, { all: true }),
  connect: (addresses, port) =>
    connect({
      // The system never resolves this name, because `lookup` returns the addresses that the caller has checked.
      host: 'checked.invalid',
      port,
      autoSelectFamily: true,
      lookup: (_name, options, answer) => {
        if (options.all === true) {
          answer(null, [...addresses])
          return
        }
        const [first] = addresses
        answer(null, first?.address ?? '', first?.family)
      },
    }),
}
