// The cookie of a session. Scripts cannot read the cookie, requests from other sites do not carry it, and the browser
// drops it when the browser closes.
import { Secret } from '@latchkey/protocol'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { AdminListenerAddress } from '../listener-address.ts'

/** Behind a proxy, browsers use TLS to the proxy and do not see the scheme of this listener. */
const isSecure = ({ tls, behindProxy }: AdminListenerAddress): boolean => tls !== undefined || behindProxy === true

/** Under TLS the prefix `__Host-` keeps other hosts of the domain from setting the cookie (RFC 6265bis §4.1.3.2). */
export const cookieName = (listener: AdminListenerAddress): string =>
  isSecure(listener) ? '__Host-latchkey' : 'latchkey'

/**
 * Returns the value of the session cookie. Undefined if the browser sent no such cookie, or two: this server sets only
 * one cookie of this name.
 */
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
