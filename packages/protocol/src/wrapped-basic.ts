// Recognises, in a request that the HTTP parser refused, a Basic value that base64 had broken over two lines.

// The classes that follow each other share no character, so the search is linear.
const WRAPPED =
  /(?:^|\n)authorization:[ \t]*basic[ \t]+[A-Za-z0-9+/]+=*[ \t]*\r?\n[ \t]*[A-Za-z0-9+/]+=*[ \t]*(?:\r?\n|$)/i

/**
 * Whether the raw bytes (read as Latin-1) hold an `Authorization: Basic` line of base64 that is followed by a line of
 * bare base64 without a colon. The cure to name is that of the {@link BasicProblem} `white_space`.
 */
export const looksLikeWrappedBasic = (rawRequest: string): boolean => WRAPPED.test(rawRequest)
