// The scope that a route requires, parsed once when the route is made.
import { parseScope, type Scope } from '@latchkey/protocol'
import { GuardError } from './guard-error.ts'

/**
 * Checks and returns the scope that a route requires. Call it once, when the route is made.
 *
 * @throws GuardError `OPTIONS_INVALID` unless the text is exactly one scope-token (RFC 6749 §3.3).
 *
 * @example
 * ```ts
 * import { requiredScope } from '@latchkey/guard'
 *
 * console.log(requiredScope('machinelearning.predict')) // machinelearning.predict
 * ```
 */
export function requiredScope(text: string): Scope {
  const scope = parseScope(text)
  if (scope === 'missing' || scope === 'several' || scope === 'malformed') {
    throw new GuardError('OPTIONS_INVALID', 'requireScope needs exactly one scope')
  }
  return scope
}
