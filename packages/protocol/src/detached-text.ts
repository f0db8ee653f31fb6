// Copies of texts from a request that do not keep the whole request in memory.

/**
 * Returns a copy of the text that shares no memory with it. V8 keeps a whole text in memory as long as a slice of it,
 * and the rest may contain a secret.
 *
 * @example
 * ```ts
 * import { detached } from '@latchkey/protocol'
 *
 * const header = 'Basic user:secret'
 * const user = detached(header.slice(6, 10))
 * console.log(user) // user
 * ```
 */
export const detached = (text: string): string => Buffer.from(text).toString()
