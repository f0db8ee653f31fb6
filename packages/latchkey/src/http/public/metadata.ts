// The metadata of the authorization server (RFC 8414) and its keys (RFC 7517). Clients may cache both.
import { createHash } from 'node:crypto'
import { authorizationServerMetadata } from '@latchkey/protocol'
import type { ScopeRecord } from '../../domain/catalog.ts'
import type { Catalog } from '../../ports/catalog.ts'
import { isNotModified } from '../if-none-match.ts'
import { wireError } from '../wire-error.ts'
import type { PublicRequest } from './public-request.ts'
import type { Handler, PublicResponse } from './public-response.ts'

/** How many seconds clients may cache the metadata. */
export const METADATA_MAX_AGE_SECONDS = 300

export interface CacheableDocument {
  readonly text: string
  /** A strong entity tag with its quotes. */
  readonly etag: string
}

export const getDocument =
  (document: () => CacheableDocument, maxAgeSeconds: number): Handler =>
  (request) =>
    request.method === 'GET' || request.method === 'HEAD'
      ? cacheable(request, document(), maxAgeSeconds)
      : wireError({ reason: 'method_not_allowed', allow: 'GET, HEAD' })

/** Returns a function for the current metadata. The function builds the document again after the scopes changed. */
export function metadataDocument(issuer: string, catalog: Catalog): () => CacheableDocument {
  let scopes = catalog.scopes()
  let document = describe(issuer, scopes)
  return () => {
    if (catalog.scopes() !== scopes) {
      scopes = catalog.scopes()
      document = describe(issuer, scopes)
    }
    return document
  }
}

function describe(issuer: string, scopes: readonly ScopeRecord[]): CacheableDocument {
  const names = scopes.map(({ name }) => name)
  const text = JSON.stringify(authorizationServerMetadata(issuer, names))
  return { text, etag: `"${createHash('sha256').update(text).digest('base64url')}"` }
}

function cacheable(request: PublicRequest, { text, etag }: CacheableDocument, maxAgeSeconds: number): PublicResponse {
  const headers = [
    'Cache-Control',
    `public, max-age=${String(maxAgeSeconds)}`,
    'ETag',
    etag,
    'X-Content-Type-Options',
    'nosniff',
  ]
  return isNotModified(request.header('if-none-match'), etag)
    ? { status: 304, headers, content: undefined }
    : { status: 200, headers, content: { type: 'application/json', text } }
}
