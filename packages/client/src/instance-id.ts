// Identifies one manager among all managers of a fleet, for leases and for the log of who requested a token.
import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'

/** Host, process and a random number, for example `web-3:4711:9f2c01ab`. */
export function instanceId(): string {
  const host = hostname()
    .replace(/[^A-Za-z0-9.-]/g, '')
    .slice(0, 40)
  return `${host}:${String(process.pid)}:${randomBytes(4).toString('hex')}`
}
