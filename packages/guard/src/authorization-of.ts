// The Authorization header of a request as it came, before Node keeps the first of several.

/** All of its fields in one text: another reader may take the last of several, so that they are no token. */
export function authorizationOf({ rawHeaders }: { readonly rawHeaders: readonly string[] }): string | undefined {
  // Not `headersDistinct`: requests of HTTP/2 have none, nor have those of Fastify's `inject`.
  const values = rawHeaders.filter(
    (_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === 'authorization',
  )
  return values.length === 0 ? undefined : values.join(', ')
}
