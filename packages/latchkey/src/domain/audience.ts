// What may stand in the `aud` of a scope's tokens.

// As LATCHKEY_AUDIENCE: a URI or a plain word, without anything that a JSON text or a header has to escape.
const AUDIENCE = /^[\x21\x23-\x5b\x5d-\x7e]{1,255}$/

export const isAudience = (text: string): boolean => AUDIENCE.test(text)
