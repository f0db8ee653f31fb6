// One connection to the feed: its events until it ends, and the time when its request was sent.
import { EventStreamReader, FEED_PATH, type FeedEvent, LONGEST_FEED_MESSAGE, readFeedEvent } from '@latchkey/protocol'
import { GuardError, guardErrorOf } from './guard-error.ts'
import type { IssuerClient } from './issuer-client.ts'
import { type Moment, present } from './moment.ts'

export interface FeedStream {
  /**
   * When the request was sent. The age of every certificate counts from this moment, because the travel time of the
   * request is not known.
   */
  readonly sentAt: Moment
  /** Resolves with the reason of the end. Never rejects. */
  readonly ended: Promise<FeedEnd>
  close(): void
}

export interface FeedEnd {
  readonly error: GuardError
  /** How long the server asks the guard to wait before it reconnects. */
  readonly retryAfterMs: number
}

export interface FeedStreamSettings {
  readonly issuer: Pick<IssuerClient, 'issuer' | 'authenticate'>
  /** The cursor to resume from. Without it the server begins with a snapshot. */
  readonly cursor: string | undefined
  /** The connection is closed when no data has arrived for this many milliseconds. */
  readonly longestSilenceMs: number
  /**
   * Called for each event. An error that it throws ends the stream. `cursor` is empty until the server has sent one.
   */
  readonly onEvent: (event: FeedEvent, cursor: string) => void
}

/** The wait after a failure that only an operator can repair, or after the guard has lost a right. */
const LEAVE_ALONE_MS = 30_000

export function openFeedStream(settings: FeedStreamSettings): FeedStream {
  const abort = new AbortController()
  const sentAt = present()
  return {
    sentAt,
    ended: follow(settings, abort),
    close: () => {
      abort.abort(new GuardError('CLOSED', 'the stream was closed'))
    },
  }
}

async function follow(settings: FeedStreamSettings, abort: AbortController): Promise<FeedEnd> {
  const silence = setTimeout(() => {
    abort.abort(new GuardError('FEED_INTERRUPTED', 'the feed was silent for too long'))
  }, settings.longestSilenceMs)
  try {
    const response = await connect(settings, abort.signal)
    if (response.status !== 200 || response.body === null) return await refused(response)
    const reader = new EventStreamReader(LONGEST_FEED_MESSAGE)
    const decoder = new TextDecoder()
    for await (const piece of response.body) {
      silence.refresh()
      for (const message of reader.read(decoder.decode(piece as Uint8Array, { stream: true }))) {
        const event = readFeedEvent(message)
        if (event === 'malformed') throw new GuardError('ISSUER_MISMATCH', `the feed's ${message.event} is malformed`)
        if (event === 'unknown') continue
        if (event.name === 'bye') return ended(`the server ended the feed: ${event.reason}`, event.reason)
        settings.onEvent(event, message.lastEventId)
      }
    }
    return ended('the feed ended')
  } catch (cause) {
    const reason: unknown = abort.signal.aborted ? abort.signal.reason : cause
    const error =
      reason instanceof GuardError ? reason : new GuardError('FEED_INTERRUPTED', 'the feed was interrupted', { cause })
    return { error, retryAfterMs: 0 }
  } finally {
    clearTimeout(silence)
    abort.abort()
  }
}

async function connect({ issuer, cursor }: FeedStreamSettings, signal: AbortSignal): Promise<Response> {
  try {
    // Each connection gets a new assertion, because the server accepts an assertion once.
    const { authorization, form = {} } = (await issuer.authenticate?.()) ?? {}
    return await fetch(`${issuer.issuer}${FEED_PATH}`, {
      headers: {
        accept: 'text/event-stream',
        ...(authorization !== undefined && { authorization: authorization.reveal() }),
        ...(cursor !== undefined && { 'last-event-id': cursor }),
      },
      // An assertion must not be in a URI, so its form is sent with POST.
      ...(Object.keys(form).length > 0 && { method: 'POST', body: new URLSearchParams(form) }),
      redirect: 'error',
      signal,
    })
  } catch (cause) {
    throw guardErrorOf(signal.aborted ? signal.reason : cause)
  }
}

async function refused(response: Response): Promise<FeedEnd> {
  await response.body?.cancel()
  const { status } = response
  switch (status) {
    case 401:
      return fault('CREDENTIALS_REFUSED', "the guard's credentials are not accepted", LEAVE_ALONE_MS)
    case 403:
      return fault('RIGHT_MISSING', "the guard's integration has no resource-server right", LEAVE_ALONE_MS)
    case 404:
      return fault('ISSUER_MISMATCH', 'the authorization server has no feed', LEAVE_ALONE_MS)
    default: {
      const seconds = Number(response.headers.get('retry-after') ?? 0)
      const retryAfterMs = Number.isFinite(seconds) ? Math.min(seconds * 1000, LEAVE_ALONE_MS) : 0
      return fault('ISSUER_UNREACHABLE', `the authorization server answered the feed with ${status}`, retryAfterMs)
    }
  }
}

const fault = (code: GuardError['code'], message: string, retryAfterMs: number): FeedEnd => ({
  error: new GuardError(code, message),
  retryAfterMs,
})

const ended = (message: string, reason?: string): FeedEnd =>
  reason === 'right_ended' ? fault('RIGHT_MISSING', message, LEAVE_ALONE_MS) : fault('FEED_INTERRUPTED', message, 0)
