// The cookie of a session: never readable by scripts, never sent by another site, gone with the browser.
import { Secret } from '@latchkey/protocol'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { AdminListenerAddress } from '../listener-address.ts'

/** Behind a proxy it is the proxy that speaks TLS: browsers never see this listener's own scheme. */
const isSecure = ({ tls, behindProxy }: AdminListenerAddress): boolean => tls !== undefined || behindProxy === true

/** Under TLS with the prefix that keeps other hosts of the domain from setting it (RFC 6265bis §4.1.3.2). */
export const cookieName = (listener: AdminListenerAddress): string =>
  isSecure(listener) ? '__Host-latchkey' : 'latchkey'

/** Undefined when the browser sent none, or two: then one of them is not ours. */
export function sessionCookie(listener: AdminListenerAddress, request: FastifyRequest): Secret | undefined {
  const prefix = `${cookieName(listener)}=`
  const pairs = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim())
  const [value, another] = pairs.filter((pair) => pair.startsWith(prefix)).map((pair) => pair.slice(prefix.length))
  return value === undefined || value === '' || another !== undefined ? undefined : new Secret(value)
}

export const setSessionCookie = (listener: AdminListenerAddress, reply: FastifyReply, text: Secret): FastifyReply =>
  reply.header('set-cookie', `${cookieName(listener)}=${text.reveal()}; ${attributes(listener)}`)

export const clearSessionCookie = (listener: AdminListenerAddress, reply: FastifyReply): FastifyReply =>
  reply.header('set-cookie', `${cookieName(listener)}=; ${attributes(listener)}; Max-Age=0`)

const attributes = (listener: AdminListenerAddress): string =>
  `Path=/; HttpOnly; SameSite=Strict${isSecure(listener) ? '; Secure' : ''}`
