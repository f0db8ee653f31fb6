// A scope in Latchkey is exactly one scope-token. Each package parses it once, where it enters, and trusts it from then
// on.

/** One scope-token (RFC 6749 §3.3), for example `machinelearning.predict`. Compared case-sensitively. */
export type Scope = string & { readonly __brand: 'Scope' }

const LONGEST_SCOPE = 128

// RFC 6749 A.4: scope = scope-token *( SP scope-token ); scope-token = 1*( %x21 / %x23-5B / %x5D-7E )
const SCOPE_TOKENS = /^[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*$/

/**
 * Reads a `scope` parameter. Returns the scope, or the reason why the value is not one scope:
 * - `missing`: the parameter is absent or empty. RFC 6749 §3.2 treats an empty parameter as omitted.
 * - `several`: a well-formed list of more than one scope. The same scope twice counts as a list.
 * - `malformed`: anything else, and a scope of more than 128 characters.
 *
 * @example
 * ```ts
 * import { parseScope } from '@latchkey/protocol'
 *
 * console.log(parseScope('machinelearning.predict')) // machinelearning.predict
 * console.log(parseScope('one two'), parseScope('')) // several missing
 * ```
 */
export function parseScope(parameter: string | undefined): Scope | 'missing' | 'several' | 'malformed' {
  if (parameter === undefined || parameter === '') return 'missing'
  if (!SCOPE_TOKENS.test(parameter)) return 'malformed'
  if (parameter.includes(' ')) return 'several'
  return isScope(parameter) ? parameter : 'malformed'
}

/**
 * Returns true if the text is one scope-token (RFC 6749 §3.3) of at most 128 characters.
 *
 * @example
 * ```ts
 * import { isScope } from '@latchkey/protocol'
 *
 * console.log(isScope('machinelearning.predict'), isScope('one two')) // true false
 * ```
 */
export function isScope(text: string): text is Scope {
  return text.length <= LONGEST_SCOPE && !text.includes(' ') && SCOPE_TOKENS.test(text)
}
