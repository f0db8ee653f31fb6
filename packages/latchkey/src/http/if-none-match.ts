// The If-None-Match header (RFC 9110 §13.1.2): a list of entity tags that are compared weakly, or an asterisk.

/** True if the caller already has the version with this `etag`. The answer is then 304. */
export const isNotModified = (ifNoneMatch: string | undefined, etag: string): boolean =>
  ifNoneMatch?.split(',').some((tag) => ['*', etag].includes(tag.trim().replace(/^W\//, ''))) ?? false
