// Asks the authorization server about tokens. It limits concurrent questions, sends no question twice at the same time,
// and uses young answers again.
import type { Reason } from '@latchkey/protocol'
import type { TokenClaims } from './decision.ts'
import { GuardError } from './guard-error.ts'
import type { GuardEvent } from './guard-event.ts'
import type { IssuerClient } from './issuer-client.ts'
import { ageOf, type Moment, present } from './moment.ts'
import { RecentMap } from './recent-map.ts'
import type { SignedToken } from './signed-tokens.ts'

/** `not_ours`: the token is live, but the guard's integration has no resource-server right for its scope. */
export type IntrospectionAnswer = 'live' | 'not_ours' | Reason

export interface Question {
  readonly token: string
  readonly signed: SignedToken
  /** The greatest age of an answer, counted from the sending of its request. */
  readonly maxAgeMs: number
  readonly purpose: Extract<GuardEvent, { type: 'introspection' }>['purpose']
}

export interface Introspection {
  /** Rejects with `GuardError` if the authorization server gives no verdict. */
  ask(question: Question): Promise<IntrospectionAnswer>
  /** Returns the cached answer if it is young enough. */
  answered(question: Omit<Question, 'token' | 'purpose'>): IntrospectionAnswer | undefined
}

interface SentQuestion {
  readonly sentAt: Moment
  readonly answer: Promise<IntrospectionAnswer>
  settled?: IntrospectionAnswer
}

const MOST_QUESTIONS_AT_ONCE = 64
const MOST_ANSWERS = 20_000

export function createIntrospection(settings: {
  readonly issuer: IssuerClient
  readonly onEvent: (event: GuardEvent) => void
}): Introspection {
  const { issuer, onEvent } = settings
  const questions = new RecentMap<string, SentQuestion>(MOST_ANSWERS)
  let underWay = 0

  const inquire = async ({ token, signed, purpose }: Question): Promise<IntrospectionAnswer> => {
    if (underWay >= MOST_QUESTIONS_AT_ONCE) {
      throw new GuardError('TOO_MANY_QUESTIONS', `${underWay} introspections are in flight`)
    }
    underWay++
    const began = performance.now()
    let outcome: 'active' | 'inactive' | 'failed' = 'failed'
    try {
      const answer = await issuer.introspect(token)
      outcome = answer === undefined ? 'inactive' : 'active'
      if (answer !== undefined) return saysTheSame(answer, signed.claims) ? 'live' : 'unknown'
      // RFC 7662 §2.2 gives no reason for a token that is not active; the verify endpoint does.
      const reason = await issuer.explain(token)
      return reason === 'live' ? 'not_ours' : reason
    } finally {
      underWay--
      onEvent({ type: 'introspection', purpose, outcome, milliseconds: performance.now() - began })
    }
  }

  /**
   * Returns an earlier question about the token if its answer is young enough, so that concurrent checks share one
   * request. The age of an answer counts from the moment when its request was sent, so all checks see the same age.
   */
  const young = ({ signed, maxAgeMs }: Pick<Question, 'signed' | 'maxAgeMs'>): SentQuestion | undefined => {
    const found = questions.get(identityOf(signed.claims))
    return found !== undefined && maxAgeMs > 0 && ageOf(found.sentAt) <= maxAgeMs ? found : undefined
  }

  return {
    ask: async (question) => {
      const { signed, maxAgeMs } = question
      const shared = young(question)
      if (shared !== undefined) {
        const answer = await shared.answer
        // If the answer took long, it is already too old when it arrives.
        if (ageOf(shared.sentAt) <= maxAgeMs) return answer
      }
      const name = identityOf(signed.claims)
      const own: SentQuestion = { sentAt: present(), answer: inquire(question) }
      questions.set(name, own)
      try {
        return (own.settled = await own.answer)
      } catch (cause) {
        if (questions.get(name) === own) questions.delete(name)
        throw cause
      }
    },
    answered: (question) => young(question)?.settled,
  }
}

/** Made from the claims and not from the text, because a token that was signed again is the same token. */
const identityOf = ({ generation, jti, issuedAt, expiresAt, audience, clientId, scope }: TokenClaims): string =>
  `${generation} ${jti} ${issuedAt} ${expiresAt} ${clientId} ${scope} ${audience}`

/** The recorded claims must equal the presented ones, because a signing key may have leaked. */
const saysTheSame = (answer: Readonly<Record<string, unknown>>, claims: TokenClaims): boolean =>
  answer['client_id'] === claims.clientId &&
  answer['scope'] === claims.scope &&
  answer['jti'] === claims.jti &&
  answer['gen'] === claims.generation &&
  answer['iat'] === claims.issuedAt &&
  answer['exp'] === claims.expiresAt &&
  answer['aud'] === claims.audience
