// What to do about a token that is refused, for each reason that the verify endpoint gives.
import type { Reason } from '@latchkey/protocol'

export interface RefusedToken {
  readonly issuer: string
  /** As the token says; undefined when it cannot be read. */
  readonly clientId?: string
  readonly scope?: string
  /** The scope that was asked for. */
  readonly required?: string
}

/** One or more sentences. */
export function refusalCure(reason: string, token: RefusedToken): string {
  const cure = Object.hasOwn(CURES, reason) ? CURES[reason as keyof typeof CURES] : undefined
  return cure?.(token) ?? 'This version of the command line does not know the reason; the server may be newer.'
}

const CURES: Readonly<Record<Reason | 'insufficient_scope', (token: RefusedToken) => string>> = {
  malformed: () =>
    'It was cut off, changed or is of another kind. Copy the whole access_token of the answer; "latchkey token decode" shows what can be read.',
  bad_signature: ({ issuer }) =>
    `Another issuer signed it, its signing key was revoked, or it was changed on the way. Ask ${issuer} for a token.`,
  wrong_audience: () =>
    'The audience of its scope was changed after it was issued, or it is meant for another API. Ask for a new token.',
  unknown: () =>
    'The server has no record of it: it comes from another or an older copy of the store, or its integration was deleted. Ask for a new token.',
  integration_disabled: ({ clientId }) =>
    `Its integration is disabled. An operator can enable it: latchkey integrations enable ${clientId ?? '<integration>'}`,
  revoked: () => 'It was ended by order, of its client or of an operator. Ask for a new token.',
  superseded: ({ clientId, scope }) =>
    `A newer token was issued for the same integration and scope, and only the newest is live. If your program did not ask for it, another one shares the integration: give each its own, or use issue mode "stable". Who asked:\n\n    latchkey tokens history ${clientId ?? '<integration>'} ${scope ?? '<scope>'}`,
  expired: () => 'Its time is over. Ask for a new token, some time before the old one expires.',
  insufficient_scope: ({ scope, required }) =>
    `The token is live and of the scope ${scope ?? '(unknown)'}. Ask for one of the scope ${required ?? 'that the API needs'}: one token has one scope.`,
}
