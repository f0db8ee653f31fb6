// Names and connections, as a parameter: a test decides which addresses a name has.
import { lookup } from 'node:dns/promises'
import { connect, type Socket } from 'node:net'

export interface ResolvedAddress {
  readonly address: string
  readonly family: number
}

export interface Network {
  /** Resolves with all addresses of a name, in the order in which to try them. Rejects if there are none. */
  resolve(name: string): Promise<readonly ResolvedAddress[]>
  /** Connects to the first of these addresses that answers, and to no other. */
  connect(addresses: readonly ResolvedAddress[], port: number): Socket
}

/** The network of the system. It follows the hosts file, as every other program of the machine does. */
export const systemNetwork: Network = {
  resolve: (name) => lookup(name, { all: true }),
  connect: (addresses, port) =>
    connect({
      // The system never resolves this name: `lookup` returns the addresses that the caller has checked.
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
