// The token in a token endpoint's answer.

/** Throws if the answer contains none. */
export function tokenOf(body: string): string {
  const { access_token: token } = JSON.parse(body) as { readonly access_token?: unknown }
  if (typeof token !== 'string') throw new Error('an answer without access_token')
  return token
}
