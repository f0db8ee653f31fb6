// The token in a token endpoint's answer.

/** Returns the token in the body. Throws if it contains none. */
export function tokenOf(body: string): string {
  const { access_token: token } = JSON.parse(body) as { readonly access_token?: unknown }
  if (typeof token !== 'string') throw new Error('an answer without access_token')
  return token
}
