// Checks the audience of a scope, the `aud` of its tokens.

// The same form as LATCHKEY_AUDIENCE: a URI or a plain word, without characters that JSON or a header must escape.
const AUDIENCE = /^[\x21\x23-\x5b\x5d-\x7e]{1,255}$/

export const isAudience = (text: string): boolean => AUDIENCE.test(text)
