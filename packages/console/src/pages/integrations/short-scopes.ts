// Shortens scopes to the part after the last dot, unless that makes two of them equal.

/** Returns the short name of each scope. A scope keeps its whole name if another scope has the same last part. */
export function shortScopes(scopes: readonly string[]): readonly string[] {
  const parts = scopes.map((scope) => scope.slice(scope.lastIndexOf('.') + 1))
  return scopes.map((scope, index) => {
    const part = parts[index] ?? ''
    return part === '' || parts.filter((other) => other === part).length > 1 ? scope : part
  })
}
