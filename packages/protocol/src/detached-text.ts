// Texts that the server keeps from a request, without the rest of the request.

/** Returns a copy of the text. V8 keeps a whole text in memory as long as a slice of it, and that may hold a secret. */
export const detached = (text: string): string => Buffer.from(text).toString()
