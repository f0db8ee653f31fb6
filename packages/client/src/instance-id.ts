// What tells one manager from all others, for leases and for those who look up who requested a token.
import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'

/** Host, process and a number by chance, as in `web-3:4711:9f2c01ab`. */
export function instanceId(): string {
  const host = hostname()
    .replace(/[^A-Za-z0-9.-]/g, '')
    .slice(0, 40)
  return `${host}:${String(process.pid)}:${randomBytes(4).toString('hex')}`
}
