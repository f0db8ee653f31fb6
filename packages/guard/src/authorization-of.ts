// The Authorization header of a request as received. Node itself keeps only the first of several.

/**
 * Joins all Authorization fields into one text, so that several fields are not a token: another reader may use the
 * last.
 */
export function authorizationOf({ rawHeaders }: { readonly rawHeaders: readonly string[] }): string | undefined {
  // Not `headersDistinct`: requests of HTTP/2 have none, nor have those of Fastify's `inject`.
  const values = rawHeaders.filter(
    (_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === 'authorization',
  )
  return values.length === 0 ? undefined : values.join(', ')
}
