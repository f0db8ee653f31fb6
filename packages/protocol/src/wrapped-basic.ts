// Finds, in a request that the HTTP parser refused, a Basic value that the program `base64` had broken into two lines.

// Adjacent character classes share no character, so the search takes linear time.
const WRAPPED =
  /(?:^|\n)authorization:[ \t]*basic[ \t]+[A-Za-z0-9+/]+=*[ \t]*\r?\n[ \t]*[A-Za-z0-9+/]+=*[ \t]*(?:\r?\n|$)/i

/**
 * Returns true if a request that the HTTP parser refused contains an `Authorization: Basic` line whose base64 continues
 * on the next line, as `base64` without `-w0` writes it. The remedy is that of the {@link BasicProblem} `white_space`.
 *
 * @param rawRequest the bytes of the request, read as Latin-1.
 *
 * @example
 * ```ts
 * import { looksLikeWrappedBasic } from '@latchkey/protocol'
 *
 * console.log(looksLikeWrappedBasic('Authorization: Basic bGsw\r\nMTIz\r\n')) // true
 * ```
 */
export const looksLikeWrappedBasic = (rawRequest: string): boolean => WRAPPED.test(rawRequest)
