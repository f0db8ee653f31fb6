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

/** What to do, in one or more sentences. */
export function refusalCure(reason: string, token: RefusedToken): string {
  const cure = Object.hasOwn(CURES, reason) ? CURES[reason as keyof typeof CURES] : undefined
  return cure?.(token) ?? 'This version of the command line does not know the reason. Use the version of the server.'
}

const CURES: Readonly<Record<Reason | 'insufficient_scope', (token: RefusedToken) => string>> = {
  malformed: () =>
    'It was cut off or changed, or it is not an access token. Copy the whole access_token of the answer. "latchkey token decode" shows what can be read.',
  bad_signature: ({ issuer }) =>
    `Another issuer signed it, its signing key was revoked, or somebody changed it. Ask ${issuer} for a new token.`,
  wrong_audience: () =>
    'The audience of its scope was changed after it was issued, or it is meant for another API. Ask for a new token.',
  unknown: () =>
    'The server has no record of it: it comes from another or an older copy of the store, or its integration was deleted. Ask for a new token.',
  integration_disabled: ({ clientId }) =>
    `Its integration is disabled. An operator can enable it: latchkey integrations enable ${clientId ?? '<integration>'}`,
  revoked: () => 'Its client or an operator revoked it. Ask for a new token.',
  superseded: ({ clientId, scope }) =>
    `A newer token was issued for the same integration and scope, and only the newest is live. If your program did not ask for it, another program shares the integration. Give each program its own integration, or use issue mode "stable". To see who asked:\n\n    latchkey tokens history ${clientId ?? '<integration>'} ${scope ?? '<scope>'}`,
  expired: () => 'It has expired. Ask for a new token some time before the old one expires.',
  insufficient_scope: ({ scope, required }) =>
    `The token is live and of the scope ${scope ?? '(unknown)'}. Ask for one of the scope ${required ?? 'that the API needs'}: one token has one scope.`,
}
