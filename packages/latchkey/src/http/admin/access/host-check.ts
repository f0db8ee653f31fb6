// Checks the Host header against DNS rebinding. A page of another site can make its own name resolve to the address of
// this listener. The check keeps such a page from reaching the admin listener through a browser.

const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]']

export interface HostCheck {
  /** The host in the configuration of the listener. */
  readonly configuredHost: string
  /** The port of the listener. */
  readonly port: number
  readonly scheme: 'http' | 'https'
  /** The address at which this request arrived. Undefined if there is no socket. */
  readonly localAddress: string | undefined
  /** `loopback`: the container publishes the port only on loopback, perhaps under another port number. */
  readonly publishedOn: 'loopback' | undefined
}

export function isExpectedHost(header: string | undefined, check: HostCheck): boolean {
  const [, name = '', port = check.scheme === 'https' ? '443' : '80'] = HOST.exec(header ?? '') ?? []
  if (check.publishedOn === 'loopback' && LOOPBACK_NAMES.includes(name.toLowerCase())) return true
  if (port !== String(check.port)) return false
  const expected = [...LOOPBACK_NAMES, written(check.configuredHost)]
  if (check.localAddress !== undefined) expected.push(written(check.localAddress))
  return expected.includes(name.toLowerCase())
}

const HOST = /^(\[[0-9a-f:.]+\]|[^\s:[\]/@]+)(?::([0-9]{1,5}))?$/i

/** Returns the host in the form of a Host header: IPv6 in brackets, an IPv4-mapped IPv6 address as IPv4. */
function written(host: string): string {
  const address = host.toLowerCase().replace(/^::ffff:(?=[0-9.]+$)/, '')
  return address.includes(':') ? `[${address}]` : address
}
