// The form of a trust rule: what an operator has filled in, and the rule that the form makes.
import { type PresetFault, presetMatchers, type TrustPreset } from '@latchkey/protocol'
import type { NewRule, TrustedIssuer } from 'latchkey/admin-api'

export type Platform = TrustPreset['platform']
export type RuleFault = PresetFault | 'issuer' | 'lifetime'

/** In characters. */
export const MAX_NOTE_LENGTH = 200

/** In seconds. */
export const RULE_LIFETIMES = { least: 60, usual: 3900, most: 86_400 }

export const TEXT_FIELDS = {
  kubernetes: ['account'],
  github: ['repository', 'repositoryId'],
  gitlab: ['project', 'projectId'],
  spiffe: ['spiffeId'],
  oidc: ['subject'],
} as const satisfies Readonly<Record<Platform, readonly string[]>>

export type TextField = (typeof TEXT_FIELDS)[Platform][number]
export type PlaceKind = 'branch' | 'environment' | 'workflow'

export const PLACES: Readonly<Partial<Record<Platform, readonly PlaceKind[]>>> = {
  github: ['branch', 'environment', 'workflow'],
  gitlab: ['branch', 'environment'],
}

export interface RuleForm extends Readonly<Record<TextField, string>> {
  readonly platform: Platform
  /**
   * The name of the issuer. Undefined if the server trusts several issuers of the platform, and the operator has chosen
   * none.
   */
  readonly issuer: string | undefined
  readonly place: PlaceKind
  readonly placeName: string
  readonly isOnce: boolean
  readonly lifetime: number | string
  readonly note: string
}

export const EMPTY_RULE: RuleForm = {
  ...{ platform: 'kubernetes', issuer: undefined, place: 'branch', placeName: '', isOnce: false },
  ...{ account: '', repository: '', repositoryId: '', project: '', projectId: '', spiffeId: '', subject: '' },
  lifetime: RULE_LIFETIMES.usual,
  note: '',
}

/** Returns the issuers that the preset fits. A rule by subject fits every platform. */
export const issuersOf = (platform: Platform, issuers: readonly TrustedIssuer[]): readonly TrustedIssuer[] =>
  platform === 'oidc' ? issuers : issuers.filter((issuer) => issuer.platform === platform)

/** Returns the chosen issuer, or the only one that fits. */
export function issuerOf(
  { platform, issuer }: Pick<RuleForm, 'platform' | 'issuer'>,
  issuers: readonly TrustedIssuer[],
): TrustedIssuer | undefined {
  const fitting = issuersOf(platform, issuers)
  return fitting.find(({ name }) => name === issuer) ?? (fitting.length === 1 ? fitting[0] : undefined)
}

export function ruleOf(
  form: RuleForm,
  issuers: readonly TrustedIssuer[],
): { readonly rule: NewRule } | { readonly fault: RuleFault } {
  const issuer = issuerOf(form, issuers)
  if (issuer === undefined) return { fault: 'issuer' }
  const made = presetMatchers(presetIn(form))
  if (!made.ok) return { fault: made.refusal }
  const seconds = Number(form.lifetime)
  const isWithin = Number.isInteger(seconds) && seconds >= RULE_LIFETIMES.least && seconds <= RULE_LIFETIMES.most
  if (form.lifetime === '' || !isWithin) return { fault: 'lifetime' }
  const reuse = form.isOnce ? 'once' : 'until_expiry'
  const note = form.note.trim()
  const rule = { kind: 'trust', issuer: issuer.name, claims: made.value, reuse, max_lifetime: seconds } as const
  return { rule: note === '' ? rule : { ...rule, note } }
}

function presetIn(form: RuleForm): TrustPreset {
  const { platform } = form
  const place = { kind: form.place, name: form.placeName.trim() }
  switch (platform) {
    case 'kubernetes':
      return { platform, account: form.account.trim() }
    case 'github':
      // The ID of the repository is required here. Only the command line makes a rule without the ID.
      return { platform, repository: form.repository.trim(), repositoryId: form.repositoryId.trim(), place }
    case 'gitlab':
      return { platform, project: form.project.trim(), projectId: form.projectId.trim(), place }
    case 'spiffe':
      return { platform, spiffeId: form.spiffeId.trim() }
    case 'oidc':
      return { platform, subject: form.subject.trim() }
  }
}
