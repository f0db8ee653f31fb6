// A key source over real connections, with the names, addresses and the time that the test chooses.
import { onTestFinished } from 'vitest'
import type { KeySourceParts, KeySourceSettings } from '../src/keys/key-source/key-source-settings.ts'
import { type Network, type ResolvedAddress, systemNetwork } from '../src/keys/key-source/network.ts'
import { openKeySource } from '../src/keys/key-source/open-key-source.ts'
import type { KeySource } from '../src/ports/key-source.ts'
import { addressRanges } from './address-ranges.ts'
import { MovedTime } from './moved-time.ts'

export interface NamedAddresses extends Network {
  /** The names that were resolved. */
  readonly resolved: readonly string[]
  /** The addresses of each connection. */
  readonly connected: readonly string[]
}

/** A network in which `addressesOf` returns the addresses of each name. Its connections are real. */
export function namedAddresses(addressesOf: (name: string) => readonly string[]): NamedAddresses {
  const resolved: string[] = []
  const connected: string[] = []
  const withFamily = (address: string): ResolvedAddress => ({ address, family: address.includes(':') ? 6 : 4 })
  return {
    ...{ resolved, connected },
    resolve: (name) => {
      resolved.push(name)
      const addresses = addressesOf(name).map(withFamily)
      return addresses.length === 0 ? Promise.reject(new Error('no such name')) : Promise.resolve(addresses)
    },
    connect: (addresses, port) => {
      connected.push(addresses.map(({ address }) => address).join(' '))
      return systemNetwork.connect(addresses, port)
    },
  }
}

export interface TestKeySource extends KeySource {
  readonly time: MovedTime
  /** The events that the source has reported, one line each. */
  readonly reports: readonly string[]
  /** How many fetches have ended. */
  readonly fetchCount: number
  /** Resolves when this many fetches have ended. */
  fetches(count: number): Promise<void>
}

type Wanted = Partial<KeySourceSettings> &
  Pick<KeySourceSettings, 'location'> &
  Partial<Pick<KeySourceParts, 'network' | 'timers'>> & { readonly networks?: readonly string[] }

/**
 * Opens a source for the running test. By default every name resolves to 127.0.0.1, and the source may connect to that
 * address.
 */
export function aKeySource({
  networks = ['127.0.0.1'],
  network = namedAddresses(() => ['127.0.0.1']),
  timers,
  ...settings
}: Wanted): TestKeySource {
  const time = new MovedTime()
  const reports: string[] = []
  let ended = 0
  let waiting: { readonly count: number; readonly resolve: () => void }[] = []
  const source = openKeySource(
    {
      ...{ algorithms: ['RS256', 'ES256'], keyUse: 'signature', tlsCa: undefined, staleSeconds: 3600 },
      ...{ requests: 'wait', ...settings },
    },
    {
      ...{ networks: addressRanges(...networks), clock: time, network, timers: timers ?? time },
      events: {
        fetched: (result) => {
          reports.push(`fetched ${result}`)
          ended += 1
          for (const { count, resolve } of waiting) if (count <= ended) resolve()
          waiting = waiting.filter(({ count }) => count > ended)
        },
        stale: (fault, secondsLeft) => void reports.push(`stale ${fault} ${String(secondsLeft)}`),
        unavailable: (fault) => void reports.push(`unavailable ${fault}`),
        recovered: () => void reports.push('recovered'),
      },
    },
  )
  onTestFinished(() => {
    source.close()
  })
  const fetches = (count: number): Promise<void> =>
    new Promise((resolve) => {
      if (count <= ended) resolve()
      else waiting.push({ count, resolve })
    })
  return {
    ...{ time, reports, fetches },
    get fetchCount() {
      return ended
    },
    find: (query) => source.find(query),
    refresh: () => source.refresh(),
    state: () => source.state(),
    close: () => {
      source.close()
    },
  }
}
