// What to do about a refused token, for each reason that the verify endpoint gives.
import type { Reason } from '@latchkey/protocol'

export interface RefusedToken {
  readonly issuer: string
  /** The client ID in the token. Undefined if the token cannot be decoded. */
  readonly clientId?: string
  readonly scope?: string
  /** The scope that the API requires. */
  readonly required?: string
}

/** Returns what to do about the refused token, in one or more sentences. */
export function refusalCure(reason: string, token: RefusedToken): string {
  const cure = Object.hasOwn(CURES, reason) ? CURES[reason as keyof typeof CURES] : undefined
  return cure?.(token) ?? 'This version of the command line does not know the reason. Use the version of the server.'
}

const CURES: Readonly<Record<Reason | 'insufficient_scope', (token: RefusedToken) => string>> = {
  malformed: () =>
    'The token was cut off or changed, or it is not an access token. Copy the whole access_token of the answer. "latchkey token decode" shows what can be read.',
  bad_signature: ({ issuer }) =>
    `Another issuer signed the token, its signing key was revoked, or the token was changed. Ask ${issuer} for a new token.`,
  wrong_audience: () =>
    'The audience of the scope was changed after the token was issued, or the token is for another API. Ask for a new token.',
  unknown: () =>
    'The server has no record of the token: it comes from another or an older copy of the store, or its integration was deleted. Ask for a new token.',
  integration_disabled: ({ clientId }) =>
    `The integration of the token is disabled. An operator can enable it: latchkey integrations enable ${clientId ?? '<integration>'}`,
  revoked: () => 'The client or an operator revoked the token. Ask for a new token.',
  superseded: ({ clientId, scope }) =>
    `A newer token was issued for the same integration and scope, and only the newest is live. If your program did not ask for it, another program shares the integration. Give each program its own integration, or use issue mode "stable". To see who asked:\n\n    latchkey tokens history ${clientId ?? '<integration>'} ${scope ?? '<scope>'}`,
  expired: () => 'The token has expired. Ask for a new token some time before the old token expires.',
  insufficient_scope: ({ scope, required }) =>
    `The token is live and of the scope ${scope ?? '(unknown)'}. Ask for a token of the scope ${required ?? 'that the API needs'}: one token has one scope.`,
}
