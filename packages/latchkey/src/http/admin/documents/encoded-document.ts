// Documents that stay the same while the server runs. The server compresses each once, keeps it in memory, and sends it
// with an ETag.
import { hash } from 'node:crypto'
import { promisify } from 'node:util'
import { brotliCompress, gzip } from 'node:zlib'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { isNotModified } from '../../if-none-match.ts'

export type Encoding = 'br' | 'gzip'

export interface EncodedDocument {
  readonly content: Buffer
  readonly type: string
  readonly encoding: Encoding | undefined
  /** A strong entity tag with its quotes. Each encoding has its own tag. */
  readonly etag: string
}

/** Returns the document in the encoding that fits the value of an Accept-Encoding header. */
export type PreparedDocument = (acceptEncoding: string) => Promise<EncodedDocument>

/** Makes the text and its encodings at the first request. Later requests share the buffers. */
export function prepareDocument(type: string, makeText: () => string): PreparedDocument {
  let prepared: Promise<Readonly<Record<Encoding | 'identity', EncodedDocument>>> | undefined
  return async (acceptEncoding) => {
    prepared ??= encode(type, makeText())
    const encodings = await prepared
    return encodings[acceptedEncodings(acceptEncoding)[0] ?? 'identity']
  }
}

async function encode(type: string, text: string) {
  const plain = Buffer.from(text)
  // Compresses on the thread pool, so that token requests do not wait.
  const [br, gz] = await Promise.all([promisify(brotliCompress)(plain), promisify(gzip)(plain)])
  return {
    br: encodedDocument(type, 'br', br),
    gzip: encodedDocument(type, 'gzip', gz),
    identity: encodedDocument(type, undefined, plain),
  }
}

export const encodedDocument = (type: string, encoding: Encoding | undefined, content: Buffer): EncodedDocument => ({
  ...{ content, type, encoding },
  etag: `"${hash('sha256', content, 'base64url').slice(0, 22)}"`,
})

/**
 * Returns the encodings that the caller accepts, the smaller encoding first. Weight 0 means "not acceptable" (RFC 9110
 * §12.5.3).
 */
export function acceptedEncodings(header: string): readonly Encoding[] {
  const offers = header.split(',').map((offer) => {
    const [coding = '', ...parameters] = offer.split(';').map((part) => part.trim().toLowerCase())
    return { coding, isRefused: parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter)) }
  })
  return (['br', 'gzip'] as const).filter((each) => offers.some((offer) => offer.coding === each && !offer.isRefused))
}

export const acceptEncodingOf = ({ headers }: FastifyRequest): string => String(headers['accept-encoding'] ?? '')

/** Answers 200 with the document, or 304 if the caller has this version of the document. */
export function sendDocument(
  request: FastifyRequest,
  reply: FastifyReply,
  { document, cacheControl }: { readonly document: EncodedDocument; readonly cacheControl: string },
): FastifyReply {
  const { etag } = document
  void reply.headers({ etag, vary: 'accept-encoding', 'cache-control': cacheControl })
  if (isNotModified(request.headers['if-none-match'], etag)) return reply.code(304).send()
  return sendContent(reply, document)
}

/** Sends the document with the status and the headers that the reply has. */
export function sendContent(reply: FastifyReply, { content, type, encoding }: EncodedDocument): FastifyReply {
  if (encoding !== undefined) void reply.header('content-encoding', encoding)
  return reply.type(type).send(content)
}

/**
 * The browser keeps the document and revalidates it at each use, because an upgrade of the server changes the document.
 */
export const REVALIDATED = 'no-cache'
