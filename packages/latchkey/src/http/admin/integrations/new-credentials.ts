// The credentials of a new integration. The request has one list of all credentials, and the operation has one list for
// each kind.
import { accept, type Result } from '@latchkey/protocol'
import { type Static, Type } from 'typebox'
import { MAX_VALID_KEYS, MAX_VALID_RULES } from '../../../domain/credential.ts'
import type { CreateIntegrationRefusal } from '../../../operations/create-integration.ts'
import type { KeyRequest } from '../../../operations/new-client-key.ts'
import type { KeySourceRequest } from '../../../operations/new-key-source.ts'
import type { RuleRequest } from '../../../operations/new-trust-rule.ts'
import { KeyBody, keyRequest } from '../credentials/key-body.ts'
import { KeySourceBody, keySourceRequest } from '../credentials/key-source-body.ts'
import { RuleBody, ruleRequest } from '../credentials/rule-body.ts'
import type { Problem } from '../problems/problem.ts'

export const NewCredentials = Type.Array(Type.Union([KeyBody, KeySourceBody, RuleBody]), {
  maxItems: MAX_VALID_KEYS + MAX_VALID_RULES,
  description:
    'The public keys, or the jwks_uri from which the server fetches them, and the trust rules of the integration. With any of them, the server makes no secret unless client_secret is generated',
})

interface RequestedCredentials {
  readonly keys: readonly KeyRequest[]
  readonly keySources: readonly KeySourceRequest[]
  /** The trust rules. Undefined if the request has no rule. */
  readonly trust: readonly RuleRequest[] | undefined
}

export function requestedCredentials(
  bodies: Static<typeof NewCredentials> = [],
): Result<RequestedCredentials, Problem> {
  const trust: RuleRequest[] = []
  for (const [index, body] of bodies.entries()) {
    if (body.kind !== 'trust') continue
    const rule = ruleRequest(body, `/credentials/${String(index)}`)
    if (!rule.ok) return rule
    trust.push(rule.value)
  }
  const keys = bodies.filter((body) => body.kind === 'key').map(keyRequest)
  const keySources = bodies.filter((body) => body.kind === 'jwks_uri').map(keySourceRequest)
  return accept({ keys, keySources, trust: trust.length === 0 ? undefined : trust })
}

const KINDS = { key_refused: 'key', key_source_refused: 'jwks_uri', rule_refused: 'trust' } as const

/**
 * Changes the index in a refusal: from the index among the credentials of one kind to the index in the request's list
 * of all credentials.
 */
export function inRequest(
  refusal: CreateIntegrationRefusal,
  bodies: Static<typeof NewCredentials> = [],
): CreateIntegrationRefusal {
  const { reason } = refusal
  if (reason !== 'key_refused' && reason !== 'key_source_refused' && reason !== 'rule_refused') return refusal
  const kind = KINDS[reason]
  const places = [...bodies.entries()].filter(([, body]) => body.kind === kind).map(([index]) => index)
  return { ...refusal, index: places[refusal.index] ?? refusal.index }
}
