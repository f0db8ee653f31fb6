// The routes of the public listener, by path.
import { FEED_PATH } from '@latchkey/protocol'
import { wireError } from '../wire-error.ts'
import { anyFeed, type FeedEndpointPorts } from './feed.ts'
import { postIntrospect, type IntrospectEndpointPorts } from './introspect.ts'
import { getLivez, getReadyz } from './health.ts'
import { type CacheableDocument, getDocument, METADATA_MAX_AGE_SECONDS, metadataDocument } from './metadata.ts'
import type { Handler } from './public-response.ts'
import { postRevoke, type RevokeEndpointPorts } from './revoke.ts'
import { postToken, type TokenEndpointPorts } from './token.ts'
import { anyVerify, malformedVerify } from './verify.ts'
import type { Endpoint, RouteMeter } from '../../ports/activity.ts'
import { type StoreHealth, StoreUnavailable } from '../../ports/store.ts'
import { getWelcome } from './welcome.ts'

export interface PublicPorts
  extends TokenEndpointPorts, IntrospectEndpointPorts, RevokeEndpointPorts, FeedEndpointPorts {
  readonly health: Pick<StoreHealth, 'proveWrite'>
  /** The issuer, `{public URL}/oauth2/{authServerId}`. */
  readonly issuer: string
  readonly adminUrl: string
  readonly jwks: () => CacheableDocument
  /** How many seconds verifiers may cache the JWKS. */
  readonly jwksMaxAgeSeconds: number
}

export interface Route {
  readonly handler: Handler
  /** Answers a request whose Host header is missing or malformed. By default the answer is a general 400. */
  readonly hostUnusable?: Handler
  /** True if the handler reads the body. The listener discards a body that the handler does not read. */
  readonly body: 'form' | 'ignored'
  /**
   * True if the answer may stay open as long as the connection. Later requests on the connection are then not handled.
   */
  readonly isLast?: true
  /** The meter of the route. Undefined while the server does not measure. */
  readonly meter: RouteMeter | undefined
}

/** Finds the route by the path as sent. A path with an encoded or doubled slash is another path and has no route. */
export function publicRoutes(ports: PublicPorts): (path: string) => Route {
  const issuerPath = new URL(ports.issuer).pathname
  const metadata = metadataDocument(ports.issuer, ports.catalog)
  const { activity } = ports
  const meter = (path: string, endpoint?: Endpoint) => activity.route(`/oauth2/{authServerId}${path}`, endpoint)
  const verify: Route = {
    handler: anyVerify(ports),
    hostUnusable: malformedVerify(ports),
    body: 'ignored',
    meter: meter('/v1/verify', 'verify'),
  }
  const document = getDocument(metadata, METADATA_MAX_AGE_SECONDS)
  const wellKnown: Route = { handler: document, body: 'ignored', meter: activity.route('/.well-known/{document}') }
  const notFound: Route = {
    handler: () => wireError({ reason: 'no_such_endpoint' }),
    body: 'ignored',
    meter: activity.route(''),
  }
  const routes = new Map<string, Route>([
    [`${issuerPath}/v1/token`, { handler: postToken(ports), body: 'form', meter: meter('/v1/token', 'token') }],
    [`${issuerPath}/v1/introspect`, { handler: postIntrospect(ports), body: 'form', meter: meter('/v1/introspect') }],
    [`${issuerPath}/v1/revoke`, { handler: postRevoke(ports), body: 'form', meter: meter('/v1/revoke') }],
    [`${issuerPath}/v1/verify`, verify],
    [
      `${issuerPath}${FEED_PATH}`,
      { handler: anyFeed(ports), body: 'form', isLast: true, meter: meter(FEED_PATH, 'feed') },
    ],
    [
      `${issuerPath}/v1/keys`,
      { handler: getDocument(ports.jwks, ports.jwksMaxAgeSeconds), body: 'ignored', meter: meter('/v1/keys') },
    ],
    [`${issuerPath}/.well-known/oauth-authorization-server`, wellKnown],
    [`${issuerPath}/.well-known/openid-configuration`, wellKnown],
    // RFC 8414 §3.1: the well-known part stands between the host and the path of the issuer.
    [`/.well-known/oauth-authorization-server${issuerPath}`, wellKnown],
    ['/livez', { handler: getLivez, body: 'ignored', meter: activity.route('/livez') }],
    ['/readyz', { handler: getReadyz(ports.health), body: 'ignored', meter: activity.route('/readyz') }],
    ['/', { handler: getWelcome(ports), body: 'ignored', meter: activity.route('/') }],
  ])
  const verifyBelow = `${issuerPath}/v1/verify/`
  return (path) => routes.get(path) ?? (path.startsWith(verifyBelow) ? verify : notFound)
}

const starting: Handler = () => {
  throw new StoreUnavailable('the server is starting')
}

/** Answers all requests until the issuer is known. */
export const STARTING: Route = { handler: starting, hostUnusable: starting, body: 'ignored', meter: undefined }
