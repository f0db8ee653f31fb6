// Fetches one public document over HTTPS, only from addresses to which the server may connect. Follows no redirect,
// uses no proxy, and sends no cookie and no credential.
import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { isIP, type Socket } from 'node:net'
import { connect, type TLSSocket } from 'node:tls'
import { accept, refuse, type Result } from '@latchkey/protocol'
import type { AddressRange } from '../../domain/address-ranges.ts'
import { isFetchAllowed } from '../../domain/fetch-addresses.ts'
import type { KeySourceFault } from '../../domain/key-source-fault.ts'
import type { Network, ResolvedAddress } from './network.ts'
import type { Timers } from './timers.ts'

export interface Getting {
  readonly network: Network
  readonly networks: readonly AddressRange[]
  readonly timers: Timers
  /** The trusted certificate authorities, in PEM. Undefined for the authorities that Node.js trusts. */
  readonly tlsCa: string | undefined
  /** The signal that ends the request. */
  readonly ended: AbortSignal
}

export interface Answer {
  readonly body: Buffer
  readonly cacheControl: string | undefined
}

const CONNECT_MILLISECONDS = 2000
const MOST_BYTES = 128 * 1024
const HTTPS_PORT = 443

/**
 * Resolves with the answer if its status is 200, or with the reason why the request failed. Rejects if `getting.ended`
 * is aborted.
 */
export async function httpsGet(text: string, getting: Getting): Promise<Result<Answer, KeySourceFault>> {
  const url = fetchableUrl(text)
  if (url === undefined) return refuse('url_unusable')
  const connected = await connectTo(url, getting)
  if (!connected.ok) return connected
  try {
    return await ask(url, connected.value, getting.ended)
  } catch {
    getting.ended.throwIfAborted()
    return refuse('connection_failed')
  } finally {
    connected.value.destroy()
  }
}

function fetchableUrl(text: string): URL | undefined {
  if (!URL.canParse(text)) return undefined
  const url = new URL(text)
  // `URL.hash` is empty for a URL with an empty fragment, so this check searches the text for `#`.
  const isPlain = url.username === '' && url.password === '' && !text.includes('#')
  return url.protocol === 'https:' && isPlain ? url : undefined
}

/** Resolves with a TLS connection to the host of the URL, after the certificate of the host was checked. */
async function connectTo(url: URL, getting: Getting): Promise<Result<TLSSocket, KeySourceFault>> {
  const late = new AbortController()
  const cancel = getting.timers.after(CONNECT_MILLISECONDS, () => {
    late.abort()
  })
  const stopped = AbortSignal.any([late.signal, getting.ended])
  const host = url.hostname.replace(/^\[|\]$/g, '')
  try {
    const addresses = await allowedAddresses(host, { ...getting, ended: stopped })
    if (!addresses.ok) return addresses
    const port = url.port === '' ? HTTPS_PORT : Number(url.port)
    const socket = await openSocket(getting.network.connect(addresses.value, port), stopped)
    // The operating system may have connected to a different address, for example because of a firewall rule.
    if (!isFetchAllowed(socket.remoteAddress ?? '', getting.networks)) {
      socket.destroy()
      return refuse('address_forbidden')
    }
    return await encrypt(socket, { host, tlsCa: getting.tlsCa, stopped })
  } catch {
    getting.ended.throwIfAborted()
    return refuse(late.signal.aborted ? 'connect_timeout' : 'connection_failed')
  } finally {
    cancel()
  }
}

type Resolving = Pick<Getting, 'network' | 'networks' | 'ended'>

/**
 * Resolves with all addresses of the host. Refuses the host if the server must not connect to one or more of the
 * addresses.
 */
async function allowedAddresses(
  host: string,
  { network, networks, ended }: Resolving,
): Promise<Result<readonly ResolvedAddress[], KeySourceFault>> {
  const family = isIP(host)
  const addresses = family === 0 ? await resolve(host, network, ended) : [{ address: host, family }]
  if (addresses.length === 0) return refuse('name_unresolved')
  const areAllowed = addresses.every(({ address }) => isFetchAllowed(address, networks))
  return areAllowed ? accept(addresses) : refuse('address_forbidden')
}

/** Resolves with the addresses of the name. Resolves with an empty list if the lookup fails. */
async function resolve(name: string, network: Network, ended: AbortSignal): Promise<readonly ResolvedAddress[]> {
  ended.throwIfAborted()
  const unresolved: readonly ResolvedAddress[] = []
  const addresses = network.resolve(name).catch(() => unresolved)
  // A lookup of the operating system cannot be cancelled. After an abort, its answer is ignored.
  const isEnded = once(ended, 'abort').then(() => unresolved)
  const found = await Promise.race([addresses, isEnded])
  ended.throwIfAborted()
  return found
}

async function openSocket(socket: Socket, stopped: AbortSignal): Promise<Socket> {
  try {
    await once(socket, 'connect', { signal: stopped })
    return socket
  } catch (cause) {
    socket.destroy()
    throw cause
  }
}

interface Encrypting {
  readonly host: string
  readonly tlsCa: string | undefined
  readonly stopped: AbortSignal
}

async function encrypt(
  socket: Socket,
  { host, tlsCa: ca, stopped }: Encrypting,
): Promise<Result<TLSSocket, KeySourceFault>> {
  // RFC 6066 §3: an IP address must not be sent as a server name.
  const servername = isIP(host) === 0 ? host : ''
  const encrypted = connect({ socket, host, servername, ca, rejectUnauthorized: true, ALPNProtocols: ['http/1.1'] })
  // An error during the handshake rejects the wait for `secureConnect`. This listener keeps every later error of the
  // socket from ending the process.
  encrypted.on('error', () => undefined)
  try {
    await once(encrypted, 'secureConnect', { signal: stopped })
    return accept(encrypted)
  } catch (cause) {
    encrypted.destroy()
    // Node.js sets `authorizationError` if the handshake failed because of the certificate.
    if (encrypted.authorizationError as Error | null) return refuse('certificate_untrusted')
    throw cause
  }
}

async function ask(url: URL, socket: TLSSocket, ended: AbortSignal): Promise<Result<Answer, KeySourceFault>> {
  const sent = request({
    // Uses only the connection that was checked, because an HTTP agent could reuse another connection or use a proxy.
    createConnection: () => socket,
    path: `${url.pathname}${url.search}`,
    headers: { host: url.host, accept: 'application/json', 'accept-encoding': 'identity', 'user-agent': 'latchkey' },
    signal: ended,
  })
  sent.on('error', () => undefined)
  sent.end()
  const [response] = (await once(sent, 'response', { signal: ended })) as [IncomingMessage]
  const fault = faultOf(response)
  if (fault !== undefined) return refuse(fault)
  const body = await readBody(response)
  if (body === undefined) return refuse('answer_too_large')
  return accept({ body, cacheControl: response.headers['cache-control'] })
}

function faultOf({ statusCode = 0, headers }: IncomingMessage): KeySourceFault | undefined {
  if (statusCode >= 300 && statusCode < 400) return 'redirected'
  if (statusCode !== 200) return 'status_unusable'
  const { 'content-encoding': coding = 'identity', 'content-length': length = '0' } = headers
  if (coding !== 'identity') return 'answer_encoded'
  return Number(length) > MOST_BYTES ? 'answer_too_large' : undefined
}

/** Resolves with the body. Undefined if the body is larger than the limit. */
async function readBody(response: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > MOST_BYTES) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
