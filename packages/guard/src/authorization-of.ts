// The Authorization header of a request as it was received. Node keeps only the first of several fields.

/**
 * Joins all Authorization fields into one text. Several fields then never read as a token: a proxy or another program
 * may use the last field where the guard would use the first.
 */
export function authorizationOf({ rawHeaders }: { readonly rawHeaders: readonly string[] }): string | undefined {
  // `headersDistinct` is not used: requests of HTTP/2 and requests of Fastify's `inject` do not have it.
  const values = rawHeaders.filter(
    (_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === 'authorization',
  )
  return values.length === 0 ? undefined : values.join(', ')
}
