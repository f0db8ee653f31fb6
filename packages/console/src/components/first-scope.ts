// The scope that a page chooses first: the scope of the documented request, if the integration may use it.

/** The scope of the examples in docs/authentication-api.md. */
export const DOCUMENTED_SCOPE = 'machinelearning.predict'

export const firstScope = (scopes: readonly string[]): string | undefined =>
  scopes.includes(DOCUMENTED_SCOPE) ? DOCUMENTED_SCOPE : scopes[0]
