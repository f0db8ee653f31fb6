// A trust rule is a credential of an integration. It says which workloads of a trusted issuer may authenticate as the
// integration.
import type { Platform } from './trusted-issuer.ts'
import type { EpochSeconds } from './slot.ts'

/** The path to a claim in nested JSON objects, the outermost member name first. */
export type ClaimPath = readonly string[]

/** A condition for one claim of an assertion. */
export type ClaimMatcher =
  /** The claim equals this text exactly. */
  | { readonly claim: ClaimPath; readonly equals: string }
  | { readonly claim: ClaimPath; readonly oneOf: readonly string[] }
  /** The claim begins with this text and has further characters. */
  | { readonly claim: ClaimPath; readonly prefix: string }
  /** The claim is a string that is not empty. */
  | { readonly claim: ClaimPath; readonly present: true }

/** How often the server accepts the same assertion: only once, or any number of times until the assertion expires. */
export const REUSES = ['until_expiry', 'once'] as const

export type Reuse = (typeof REUSES)[number]

export interface TrustRule {
  readonly kind: 'trust'
  /** The id, which begins with `tru_`. */
  readonly id: string
  /** The id of the trusted issuer. */
  readonly issuerId: string
  /** The conditions. An assertion must meet all of them. */
  readonly matchers: readonly ClaimMatcher[]
  readonly reuse: Reuse
  /** The longest lifetime of an assertion that the server accepts, in seconds. */
  readonly maxLifetimeSeconds: number
  /** The first second in which the rule is rejected. Undefined if the rule has no end. */
  readonly endsAt: EpochSeconds | undefined
  /** What the operator noted about the rule. Undefined without a note. It has no effect on requests. */
  readonly note: string | undefined
  /** True after the rule has ended, so that the rule stays invalid even if the wall clock is set back. */
  readonly hasEnded: boolean
}

export type Claims = Readonly<Record<string, unknown>>

export const MAX_MATCHERS = 12
export const MAX_ALTERNATIVES = 32
export const MAX_CLAIM_DEPTH = 4
export const MAX_CLAIM_NAME_LENGTH = 128
export const MAX_MATCHER_TEXT_LENGTH = 1024
const LEAST_PREFIX_LENGTH = 8

/** The largest length of a note, in characters. */
export const MAX_NOTE_LENGTH = 200

/** The default for the longest lifetime of a platform's assertion, in seconds. */
export const USUAL_PLATFORM_LIFETIME = 3900

/**
 * The smallest and the largest value that an operator may set as the longest lifetime of a platform's assertion, in
 * seconds.
 */
export const PLATFORM_LIFETIMES = { least: 60, most: 86_400 } as const

/**
 * Returns a claim as a text. An integer or a boolean becomes its JSON text. Undefined if the claim is absent, null, an
 * object, an array or a fraction. The path finds only own properties, so it cannot reach `__proto__`.
 */
export function claimAt(claims: Claims, path: ClaimPath): string | undefined {
  let value: unknown = claims
  for (const name of path) {
    if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, name)) {
      return undefined
    }
    value = (value as Record<string, unknown>)[name]
  }
  if (typeof value === 'string') return value
  return typeof value === 'boolean' || Number.isSafeInteger(value) ? JSON.stringify(value) : undefined
}

export function isMatched(matcher: ClaimMatcher, claims: Claims): boolean {
  const found = claimAt(claims, matcher.claim)
  if (found === undefined) return false
  if ('equals' in matcher) return found === matcher.equals
  if ('oneOf' in matcher) return matcher.oneOf.includes(found)
  if ('prefix' in matcher) return found.length > matcher.prefix.length && found.startsWith(matcher.prefix)
  return found !== '' && typeof ownValue(claims, matcher.claim) === 'string'
}

const ownValue = (claims: Claims, path: ClaimPath): unknown =>
  path.reduce<unknown>((value, name) => (value as Record<string, unknown>)[name], claims)

/** Returns the first matcher that the claims do not meet. Undefined if they meet all matchers. */
export const failedMatcher = ({ matchers }: TrustRule, claims: Claims): ClaimMatcher | undefined =>
  matchers.find((matcher) => !isMatched(matcher, claims))

/**
 * The claims that identify a workload of each platform. A rule must have a matcher (other than `present`) for at least
 * one of these claims.
 */
export const IDENTITY_CLAIMS: Readonly<Record<Platform, readonly ClaimPath[]>> = {
  kubernetes: [['sub'], ['kubernetes.io', 'namespace']],
  github: [['sub'], ['repository'], ['repository_id'], ['job_workflow_ref']],
  gitlab: [['sub'], ['project_id'], ['project_path']],
  spiffe: [['sub']],
  oidc: [['sub'], ['azp'], ['appid'], ['oid'], ['client_id']],
}

export type RuleFault =
  | 'too_many_matchers'
  | 'claim_unusable'
  | 'matcher_unusable'
  /**
   * The prefix is shorter than 8 characters, or does not end in `/` or `:`, so it could also match names that the
   * operator does not mean.
   */
  | 'prefix_unusable'
  /** The rule has no matcher for a claim that identifies a workload of the platform. */
  | 'identity_missing'

/** Returns the fault in the matchers of a rule. Undefined if the matchers are valid. */
export function matchersFault(matchers: readonly ClaimMatcher[], platform: Platform): RuleFault | undefined {
  if (matchers.length === 0 || matchers.length > MAX_MATCHERS) return 'too_many_matchers'
  for (const matcher of matchers) {
    const fault = matcherFault(matcher)
    if (fault !== undefined) return fault
  }
  const fixes = (path: ClaimPath): boolean =>
    matchers.some((matcher) => !('present' in matcher) && isSamePath(matcher.claim, path))
  return IDENTITY_CLAIMS[platform].some(fixes) ? undefined : 'identity_missing'
}

function matcherFault(matcher: ClaimMatcher): RuleFault | undefined {
  const { claim } = matcher
  const isPath = claim.length > 0 && claim.length <= MAX_CLAIM_DEPTH
  if (!isPath || claim.some((name) => name === '' || name.length > MAX_CLAIM_NAME_LENGTH)) return 'claim_unusable'
  if ('present' in matcher) return undefined
  if ('prefix' in matcher) {
    const isWhole = matcher.prefix.length >= LEAST_PREFIX_LENGTH && /[/:]$/.test(matcher.prefix)
    return isWhole && isText(matcher.prefix) ? undefined : 'prefix_unusable'
  }
  const texts = 'equals' in matcher ? [matcher.equals] : matcher.oneOf
  const isUsable = texts.length > 0 && texts.length <= MAX_ALTERNATIVES && texts.every(isText)
  return isUsable ? undefined : 'matcher_unusable'
}

const isText = (text: string): boolean => text !== '' && text.length <= MAX_MATCHER_TEXT_LENGTH

const isSamePath = (one: ClaimPath, other: ClaimPath): boolean =>
  one.length === other.length && one.every((name, at) => name === other[at])

/**
 * Returns the exact subject that the rule requires. Undefined if the rule does not require one exact subject. The
 * server then finds the integration only by the parameter `client_id` of the request.
 */
export function exactSubject({ matchers }: TrustRule): string | undefined {
  for (const matcher of matchers) {
    if ('equals' in matcher && isSamePath(matcher.claim, ['sub'])) return matcher.equals
  }
  return undefined
}

/** Returns the matcher with the member names of the admin API and the audit trail. */
export function matcherMembers(matcher: ClaimMatcher) {
  const claim = [...matcher.claim]
  if ('equals' in matcher) return { claim, equals: matcher.equals }
  if ('oneOf' in matcher) return { claim, one_of: [...matcher.oneOf] }
  return 'prefix' in matcher ? { claim, prefix: matcher.prefix } : { claim, present: true as const }
}
