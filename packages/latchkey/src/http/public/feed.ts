// GET and POST /v1/feed: streams the changes of live tokens as server-sent events. The readers are guards, which check
// tokens in resource servers. docs/feed.md has the protocol.
import { refuse, type Result } from '@latchkey/protocol'
import type { BlockList } from 'node:net'
import type { Logger } from 'pino'
import type { AuthenticateClientPorts } from '../../operations/authenticate-client.ts'
import { admitFollower } from '../../operations/follow-slots.ts'
import type { Activity } from '../../ports/activity.ts'
import { methodOf, type PresentedCredentials, readCredentials } from '../read-credentials.ts'
import { type Form, readForm } from '../read-form.ts'
import type { RequestRefusal } from '../request-refusal.ts'
import { requesterOf } from '../requester.ts'
import { countAuthentication } from './count-authentication.ts'
import type { FeedStreams } from './feed/feed-streams.ts'
import type { PublicRequest } from './public-request.ts'
import { type Handler, streamResponse } from './public-response.ts'
import { refused } from './refused.ts'

export interface FeedEndpointPorts extends AuthenticateClientPorts {
  readonly feed: FeedStreams
  readonly activity: Activity
  readonly trustedProxies: BlockList | undefined
  readonly logger: Logger
}

export const anyFeed =
  (ports: FeedEndpointPorts): Handler =>
  async (request) => {
    const acceptedAt = ports.clock.monotonic()
    const credentials = readFeedRequest(request)
    if (!credentials.ok) return refused(ports, request, { endpoint: 'feed', refusal: credentials.refusal })
    const requester = requesterOf(request, ports.trustedProxies)
    const admitted = await admitFollower(ports, { credentials: credentials.value, requester })
    countAuthentication(ports.activity, methodOf(request, credentials.value), admitted)
    if (!admitted.ok) return refused(ports, request, { endpoint: 'feed', refusal: admitted.refusal })
    const follower = admitted.value
    const { clientId } = follower.client
    if (!ports.feed.hasRoomFor(follower))
      return refused(ports, request, { endpoint: 'feed', refusal: { reason: 'feed_full', clientId } })
    const takesGzip = acceptsGzip(request)
    const headers = ['Content-Type', 'text/event-stream', 'Vary', 'Accept-Encoding', 'X-Accel-Buffering', 'no']
    if (takesGzip) headers.push('Content-Encoding', 'gzip')
    return streamResponse(headers, (answer) => {
      ports.feed.open({ follower, acceptedAt, takesGzip, lastEventId: lastEventId(request) }, answer)
    })
  }

/**
 * A client that signs assertions sends its form with POST, because an assertion must not be in a URI. A GET has no
 * parameters. `readForm` is still called, because it rejects a query that is malformed or contains a secret.
 */
function readFeedRequest(request: PublicRequest): Result<PresentedCredentials, RequestRefusal> {
  const { method } = request
  if (method !== 'GET' && method !== 'POST') return refuse({ reason: 'method_not_allowed', allow: 'GET, POST' })
  const form = readForm(request)
  if (!form.ok) return form
  return readCredentials(request, method === 'POST' ? form.value : NO_PARAMETERS)
}

const NO_PARAMETERS: Form = { get: () => undefined }

/** Returns the Last-Event-ID. Several such headers give an empty text, which is not a valid position. */
function lastEventId(request: PublicRequest): string | undefined {
  const [id, ...others] = request.headers('last-event-id')
  return others.length > 0 ? '' : id
}

// RFC 9110 §12.5.3: a coding with the weight 0 is not acceptable.
const acceptsGzip = (request: PublicRequest): boolean =>
  request
    .headers('accept-encoding')
    .flatMap((value) => value.split(','))
    .some((coding) => /^\s*(?:x-)?gzip\s*(?:;\s*q=(?!0(?:\.0*)?\s*$)|$)/i.test(coding))
