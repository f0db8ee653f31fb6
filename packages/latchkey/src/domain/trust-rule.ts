// A trust rule: which subjects of a trusted issuer are one integration. It is a credential of that integration.
import type { Platform } from './trusted-issuer.ts'
import type { EpochSeconds } from './slot.ts'

/** The names that lead to a claim, from the outermost object inward. Claims are compared whole: see `claimAt`. */
export type ClaimPath = readonly string[]

/** Holds or does not hold for the claims of an assertion. */
export type ClaimMatcher =
  /** The claim is this text, code point for code point. */
  | { readonly claim: ClaimPath; readonly equals: string }
  | { readonly claim: ClaimPath; readonly oneOf: readonly string[] }
  /** The claim begins with this text and is longer. */
  | { readonly claim: ClaimPath; readonly prefix: string }
  /** The claim is a text that is not empty. */
  | { readonly claim: ClaimPath; readonly present: true }

/** How often one assertion proves the client: `once`, or any number of times until it expires. */
export const REUSES = ['until_expiry', 'once'] as const

export type Reuse = (typeof REUSES)[number]

export interface TrustRule {
  readonly kind: 'trust'
  /** `tru_…` */
  readonly id: string
  /** The id of the trusted issuer. */
  readonly issuerId: string
  /** All of them must hold. */
  readonly matchers: readonly ClaimMatcher[]
  readonly reuse: Reuse
  /** The longest lifetime of an assertion that the server accepts, in seconds. */
  readonly maxLifetimeSeconds: number
  /** The first second in which the rule is rejected. Undefined if the rule has no end. */
  readonly endsAt: EpochSeconds | undefined
  /** True after the rule has ended, so that no step of the wall clock makes the rule valid again. */
  readonly hasEnded: boolean
}

export type Claims = Readonly<Record<string, unknown>>

export const MAX_MATCHERS = 12
export const MAX_ALTERNATIVES = 32
export const MAX_CLAIM_DEPTH = 4
export const MAX_CLAIM_NAME_LENGTH = 128
export const MAX_MATCHER_TEXT_LENGTH = 1024
const LEAST_PREFIX_LENGTH = 8

/** The longest lifetime of a platform's assertion, in seconds, unless the operator sets another. */
export const USUAL_PLATFORM_LIFETIME = 3900

/** The lifetimes that an operator may set, in seconds. */
export const PLATFORM_LIFETIMES = { least: 60, most: 86_400 } as const

/**
 * Returns a claim as a text. Integers and booleans count by their JSON text. Undefined if the claim is absent, an object,
 * an array or a fraction. Only own members count, so `__proto__` names nothing.
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

/** Returns the first matcher that does not hold. Undefined if all hold. */
export const failedMatcher = ({ matchers }: TrustRule, claims: Claims): ClaimMatcher | undefined =>
  matchers.find((matcher) => !isMatched(matcher, claims))

/** The claims that tell the subjects of a platform apart. A rule must fix one of them. */
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
  /** The prefix is shorter than 8 characters, or does not end in `/` or `:`, so it would match other names too. */
  | 'prefix_unusable'
  /** No matcher fixes a claim that tells the subjects of the platform apart. */
  | 'identity_missing'

/** Returns what is wrong with the matchers of a rule. Undefined if nothing is. */
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
 * Returns the subject that the rule names exactly. Undefined if it names none: then an assertion finds the integration by
 * the parameter `client_id` alone.
 */
export function exactSubject({ matchers }: TrustRule): string | undefined {
  for (const matcher of matchers) {
    if ('equals' in matcher && isSamePath(matcher.claim, ['sub'])) return matcher.equals
  }
  return undefined
}

/** A matcher with the member names of the admin API and the audit trail. */
export function matcherMembers(matcher: ClaimMatcher) {
  const claim = [...matcher.claim]
  if ('equals' in matcher) return { claim, equals: matcher.equals }
  if ('oneOf' in matcher) return { claim, one_of: [...matcher.oneOf] }
  return 'prefix' in matcher ? { claim, prefix: matcher.prefix } : { claim, present: true as const }
}
