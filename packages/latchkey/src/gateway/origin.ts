// Finds the origin of a request: from its connection, or from the headers of a trusted proxy.
import type { IncomingMessage } from 'node:http'
import type { BlockList } from 'node:net'
import { TLSSocket } from 'node:tls'
import { isHostValue } from '../http/host-value.ts'
import { isTrusted } from '../http/requester.ts'
import type { Origin } from './identity.ts'

const SCHEMES: readonly string[] = ['http', 'https']

/**
 * Returns the origin. Takes host and scheme from the headers of a trusted proxy, and ignores malformed values.
 *
 * @param addresses the addresses on the path of the request, the nearest first and the client last
 */
export function originOf(
  { headers, socket }: IncomingMessage,
  addresses: readonly string[],
  trusted: BlockList | undefined,
): Origin {
  const own = socket instanceof TLSSocket ? 'https' : 'http'
  const ownHost = headers.host ?? ''
  if (trusted === undefined || !isTrusted(addresses[0] ?? '', trusted)) {
    return { addresses: [...addresses].reverse(), protocol: own, host: ownHost }
  }
  const protocol = lastOf(headers['x-forwarded-proto']) ?? own
  const host = lastOf(headers['x-forwarded-host']) ?? ownHost
  return {
    addresses: [...addresses].reverse(),
    protocol: SCHEMES.includes(protocol) ? protocol : own,
    host: isHostValue(host) ? host : ownHost,
  }
}

/** Returns the last entry of a list, which the nearest proxy added. Undefined if the header is missing or empty. */
function lastOf(value: string | string[] | undefined): string | undefined {
  return value === undefined || value === '' ? undefined : String(value).split(',').at(-1)?.trim()
}
