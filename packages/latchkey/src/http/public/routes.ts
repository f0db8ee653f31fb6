// Which path of the public listener is answered by what.
import { wireError } from '../wire-error.ts'
import { postIntrospect, type IntrospectEndpointPorts } from './introspect.ts'
import { getLivez, getReadyz } from './health.ts'
import { type CacheableDocument, getDocument, metadataDocument } from './metadata.ts'
import type { Handler } from './public-response.ts'
import { postRevoke, type RevokeEndpointPorts } from './revoke.ts'
import { postToken, type TokenEndpointPorts } from './token.ts'
import { anyVerify } from './verify.ts'
import { type StoreHealth, StoreUnavailable } from '../../ports/store.ts'
import { getWelcome } from './welcome.ts'

export interface PublicPorts extends TokenEndpointPorts, IntrospectEndpointPorts, RevokeEndpointPorts {
  readonly health: StoreHealth
  /** `{public URL}/oauth2/{authServerId}` */
  readonly issuer: string
  readonly adminUrl: string
  readonly jwks: () => CacheableDocument
}

export interface Route {
  readonly handler: Handler
  /** Whether the handler looks at the body. What is not read is discarded. */
  readonly body: 'form' | 'ignored'
}

/** Paths are compared as sent: an encoded or doubled slash is another path, and there is nothing there. */
export function publicRoutes(ports: PublicPorts): (path: string) => Route {
  const issuerPath = new URL(ports.issuer).pathname
  const metadata = metadataDocument(ports.issuer, ports.catalog)
  const verify: Route = { handler: anyVerify(ports), body: 'ignored' }
  const wellKnown: Route = { handler: getDocument(() => metadata), body: 'ignored' }
  const routes = new Map<string, Route>([
    [`${issuerPath}/v1/token`, { handler: postToken(ports), body: 'form' }],
    [`${issuerPath}/v1/introspect`, { handler: postIntrospect(ports), body: 'form' }],
    [`${issuerPath}/v1/revoke`, { handler: postRevoke(ports), body: 'form' }],
    [`${issuerPath}/v1/verify`, verify],
    [`${issuerPath}/v1/keys`, { handler: getDocument(ports.jwks), body: 'ignored' }],
    [`${issuerPath}/.well-known/oauth-authorization-server`, wellKnown],
    [`${issuerPath}/.well-known/openid-configuration`, wellKnown],
    // RFC 8414 §3.1: the well-known part goes between host and path of the issuer.
    [`/.well-known/oauth-authorization-server${issuerPath}`, wellKnown],
    ['/livez', { handler: getLivez, body: 'ignored' }],
    ['/readyz', { handler: getReadyz(ports.health), body: 'ignored' }],
    ['/', { handler: getWelcome(ports), body: 'ignored' }],
  ])
  const verifyBelow = `${issuerPath}/v1/verify/`
  return (path) => routes.get(path) ?? (path.startsWith(verifyBelow) ? verify : NOT_FOUND)
}

const NOT_FOUND: Route = { handler: () => wireError({ reason: 'no_such_endpoint' }), body: 'ignored' }

/** While the server does not know its issuer yet. */
export const STARTING: Route = {
  handler: () => {
    throw new StoreUnavailable('the server is starting')
  },
  body: 'ignored',
}
