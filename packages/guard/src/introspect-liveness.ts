// Liveness mode `introspect`: the guard asks the authorization server, and uses each answer again for a configured
// time.
import { GuardError } from './guard-error.ts'
import type { Introspection, Question } from './introspection.ts'
import type { IssuerClient } from './issuer-client.ts'
import type { SignedToken } from './signed-tokens.ts'
import { isExpired, type LivenessJudge, type LivenessVerdict } from './liveness.ts'

export const introspectLiveness = (settings: {
  readonly introspection: Introspection
  readonly issuer: Pick<IssuerClient, 'explain'>
  readonly maxAgeSeconds: number
}): LivenessJudge => ({
  judge: (signed, { token, required }) =>
    isExpired(signed)
      ? reasonOnce(settings.issuer, signed, token)
      : askWhether(settings.introspection, {
          question: { signed, token, maxAgeMs: settings.maxAgeSeconds * 1000, purpose: 'mode' },
          required,
        }),
  ready: () => Promise.resolve(),
  close: () => undefined,
})

/**
 * Returns the result of introspection. Rejects with a `GuardError` if the guard has no right to introspect the token.
 */
export async function askWhether(
  introspection: Introspection,
  { question, required }: { readonly question: Question; readonly required: string },
): Promise<LivenessVerdict> {
  const answer = await introspection.ask(question)
  const { scope } = question.signed.claims
  if (answer !== 'not_ours') return answer === 'live' && isExpired(question.signed) ? 'expired' : answer
  if (scope !== required) return 'scope_not_followed'
  throw new GuardError('RIGHT_MISSING', `the guard's integration has no resource-server right for ${scope}`)
}

/**
 * Asks only once about an expired token, so that a caller that presents it again and again does not cause a request
 * each time.
 */
function reasonOnce(
  issuer: Pick<IssuerClient, 'explain'>,
  signed: SignedToken,
  token: string,
): Promise<LivenessVerdict> {
  const known = reasons.get(signed) ?? reasonOfExpired(issuer, token)
  reasons.set(signed, known)
  return known
}

const reasons = new WeakMap<SignedToken, Promise<LivenessVerdict>>()

/**
 * Asks for the exact reason of a refusal that is certain. The reason helps the owner of the token, because a superseded
 * token has another remedy than an expired one.
 */
async function reasonOfExpired(issuer: Pick<IssuerClient, 'explain'>, token: string): Promise<LivenessVerdict> {
  try {
    const reason = await issuer.explain(token)
    return reason === 'live' ? 'expired' : reason
  } catch (cause) {
    if (cause instanceof GuardError) return 'expired'
    throw cause
  }
}
