// The authorization server's metadata (RFC 8414) and its keys (RFC 7517), both cacheable.
import { createHash } from 'node:crypto'
import { authorizationServerMetadata } from '@latchkey/protocol'
import type { Catalog } from '../../ports/catalog.ts'
import { wireError } from '../wire-error.ts'
import type { PublicRequest } from './public-request.ts'
import type { Handler, PublicResponse } from './public-response.ts'

/** For how long verifiers may keep keys and metadata, in seconds. A new key is published at least this long before it signs. */
export const CACHE_SECONDS = 300

export interface CacheableDocument {
  readonly text: string
  /** A strong entity tag, quotes included. */
  readonly etag: string
}

export const getDocument =
  (document: () => CacheableDocument): Handler =>
  (request) =>
    request.method === 'GET' || request.method === 'HEAD'
      ? cacheable(request, document())
      : wireError({ reason: 'method_not_allowed', allow: 'GET, HEAD' })

export function metadataDocument(issuer: string, catalog: Catalog): CacheableDocument {
  const scopes = catalog.scopes().map((scope) => scope.name)
  const text = JSON.stringify(authorizationServerMetadata(issuer, scopes))
  return { text, etag: `"${createHash('sha256').update(text).digest('base64url')}"` }
}

function cacheable(request: PublicRequest, { text, etag }: CacheableDocument): PublicResponse {
  const headers = [
    'Content-Type',
    'application/json',
    'Cache-Control',
    `public, max-age=${String(CACHE_SECONDS)}`,
    'ETag',
    etag,
    'X-Content-Type-Options',
    'nosniff',
  ]
  return matches(request.header('if-none-match'), etag)
    ? { status: 304, headers, body: '' }
    : { status: 200, headers, body: text }
}

/** RFC 9110 §13.1.2: a list of tags, compared weakly, or an asterisk. */
const matches = (condition: string | undefined, etag: string): boolean =>
  condition?.split(',').some((tag) => ['*', etag].includes(tag.trim().replace(/^W\//, ''))) ?? false
