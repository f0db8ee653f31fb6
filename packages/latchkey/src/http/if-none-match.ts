// RFC 9110 §13.1.2: a list of entity tags, compared weakly, or an asterisk.

/** True if the caller already has the version that `etag` names. The answer is 304 then. */
export const isNotModified = (ifNoneMatch: string | undefined, etag: string): boolean =>
  ifNoneMatch?.split(',').some((tag) => ['*', etag].includes(tag.trim().replace(/^W\//, ''))) ?? false
