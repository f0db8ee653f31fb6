// The rules for changes of integrations, and the effects of the changes on the slots. The functions are pure: the
// caller stores the result.
import { accept, refuse, type Result, type Scope } from '@latchkey/protocol'
import type { AddressRange } from './address-ranges.ts'
import type { ClientKey, ClientKeySource } from './credential.ts'
import { type CredentialRefusal, withEnded, withKey, withKeySource, withRule } from './credential-change.ts'
import {
  type ClientSecret,
  isSecretValid,
  MAX_ENDED_SECRETS,
  MAX_VALID_SECRETS,
  type SecretOrigin,
  withoutHashesOfEnded,
} from './client-secret.ts'
import type { Integration, IntegrationState } from './integration.ts'
import type { IssueMode } from './issue-mode.ts'
import type { TrustRule } from './trust-rule.ts'
import { close, empty, emptySlot, type EpochSeconds, type Generation, reopen, type Slot } from './slot.ts'

export type IntegrationChange =
  | { readonly kind: 'disable' }
  | { readonly kind: 'enable' }
  /** Changes the name, description or tags. These texts are for operators and do not affect token requests. */
  | {
      readonly kind: 'set_profile'
      readonly name: string
      readonly description: string
      readonly tags: readonly string[]
    }
  | { readonly kind: 'set_scopes'; readonly scopes: readonly Scope[] }
  | { readonly kind: 'set_resource_server'; readonly scopes: readonly Scope[] }
  | { readonly kind: 'set_issue_mode'; readonly mode: IssueMode; readonly graceSeconds: number }
  | { readonly kind: 'set_conditional'; readonly conditional: boolean }
  | { readonly kind: 'set_allowed_addresses'; readonly ranges: readonly AddressRange[] }
  /** Ends the live tokens of these scopes at the request of an operator. */
  | { readonly kind: 'revoke_tokens'; readonly scopes: readonly Scope[] }
  | AddSecret
  /** Adds a client key. The other credentials stay valid. */
  | { readonly kind: 'add_key'; readonly key: ClientKey }
  | { readonly kind: 'add_key_source'; readonly source: ClientKeySource }
  | { readonly kind: 'add_rule'; readonly rule: TrustRule }
  | { readonly kind: 'end_credential'; readonly credentialId: string; readonly at: EpochSeconds }
  | { readonly kind: 'end_secret'; readonly secretId: string; readonly at: EpochSeconds }

/** Adds a second secret, as a rotation does. */
export interface AddSecret {
  readonly kind: 'add_secret'
  readonly secret: ClientSecret
  /**
   * The encrypted copy of the secret, from which an operator can reveal the secret later. Null if the secret was
   * imported, or if the server is set to show secrets only once.
   */
  readonly sealed: Uint8Array | null
  readonly origin: SecretOrigin
  /** The latest time at which the older secrets end. Undefined if their ends stay unchanged. */
  readonly previousEndAt: EpochSeconds | undefined
}

export interface ChangeRefusal {
  readonly reason: 'two_secrets_valid' | 'unknown_secret' | CredentialRefusal
}

/** The time, the generations and the ids that a change needs. */
export interface ChangeContext {
  readonly now: EpochSeconds
  /** Returns a generation that is higher than every generation that the slot has had or has reserved. */
  readonly nextGeneration: (slot: Slot) => Generation
  /** Returns the id for a new slot. */
  readonly nextSlotId: () => number
}

/** Applies all changes, or refuses all of them if one change is refused. */
export function applyChanges(
  state: IntegrationState,
  changes: readonly IntegrationChange[],
  context: ChangeContext,
): Result<IntegrationState, ChangeRefusal> {
  let after = state
  for (const change of changes) {
    const applied = applyChange(after, change, context)
    if (!applied.ok) return applied
    after = applied.value
  }
  return accept(after)
}

/** Applies one change. If the change has no effect, returns the same state object. */
export function applyChange(
  state: IntegrationState,
  change: IntegrationChange,
  context: ChangeContext,
): Result<IntegrationState, ChangeRefusal> {
  const { integration, slots } = state
  const next = { version: integration.version + 1 }
  const changed = (fields: Partial<Integration>, newSlots: readonly Slot[] = slots) =>
    isSame(state, fields, newSlots)
      ? accept(state)
      : accept({ integration: { ...integration, ...fields, ...next }, slots: newSlots })
  switch (change.kind) {
    case 'disable':
      return changed(
        { enabled: false },
        slots.map((slot) => (slot.open ? close(slot, slot.granted, context.nextGeneration(slot)) : slot)),
      )
    case 'enable':
      return changed(
        { enabled: true },
        slots.map((slot) => (slot.granted && !slot.open ? reopen(slot) : slot)),
      )
    case 'set_profile':
      return accept({ integration: { ...integration, ...next }, slots })
    case 'set_scopes':
      return changed({}, withScopes(state, change.scopes, context))
    case 'set_resource_server':
      return changed({ resourceServerFor: change.scopes })
    case 'set_issue_mode':
      return changed({ mode: change.mode, graceSeconds: change.graceSeconds })
    case 'set_conditional':
      return changed({ conditional: change.conditional })
    case 'set_allowed_addresses':
      return changed({ allowedAddresses: change.ranges })
    case 'revoke_tokens':
      return changed(
        {},
        slots.map((slot) =>
          change.scopes.includes(slot.scope) && slot.live !== undefined
            ? empty(slot, context.nextGeneration(slot))
            : slot,
        ),
      )
    case 'add_key': {
      const credentials = withKey(integration.credentials, change.key, context.now)
      return credentials.ok ? changed({ credentials: credentials.value }) : refuse({ reason: credentials.refusal })
    }
    case 'add_key_source': {
      const credentials = withKeySource(integration.credentials, change.source, context.now)
      return credentials.ok ? changed({ credentials: credentials.value }) : refuse({ reason: credentials.refusal })
    }
    case 'add_rule': {
      const credentials = withRule(integration.credentials, change.rule, context.now)
      return credentials.ok ? changed({ credentials: credentials.value }) : refuse({ reason: credentials.refusal })
    }
    case 'end_credential': {
      const credentials = withEnded(integration.credentials, change.credentialId, change.at)
      return credentials === undefined ? refuse({ reason: 'unknown_credential' }) : changed({ credentials })
    }
    case 'add_secret':
      return addSecret(state, change, context.now)
    case 'end_secret': {
      if (!integration.secrets.some((secret) => secret.id === change.secretId)) {
        return refuse({ reason: 'unknown_secret' })
      }
      const ended = endSecret(integration.secrets, change.secretId, change.at)
      return changed({ secrets: withoutHashesOfEnded(ended, Math.max(change.at, context.now)) })
    }
  }
}

const isSame = (
  { integration, slots }: IntegrationState,
  fields: Partial<Integration>,
  after: readonly Slot[],
): boolean =>
  after.length === slots.length &&
  after.every((slot, index) => slot === slots[index]) &&
  JSON.stringify({ ...integration, ...fields }) === JSON.stringify(integration)

function withScopes(state: IntegrationState, scopes: readonly Scope[], context: ChangeContext): readonly Slot[] {
  const kept = state.slots.map((slot) => {
    if (!scopes.includes(slot.scope)) return slot.granted ? close(slot, false, context.nextGeneration(slot)) : slot
    if (slot.granted) return slot
    return state.integration.enabled ? reopen(slot) : { ...slot, granted: true }
  })
  const made = scopes
    .filter((scope) => !state.slots.some((slot) => slot.scope === scope))
    .map((scope) => emptySlot(context.nextSlotId(), scope, state.integration.enabled))
  return [...kept, ...made]
}

function addSecret(
  state: IntegrationState,
  { secret, previousEndAt }: AddSecret,
  now: EpochSeconds,
): Result<IntegrationState, ChangeRefusal> {
  const { integration } = state
  const valid = integration.secrets.filter((candidate) => isSecretValid(candidate, now))
  const ending = valid.map((candidate) =>
    previousEndAt === undefined ? candidate : { ...candidate, endsAt: earlier(candidate.endsAt, previousEndAt) },
  )
  const stillValid = ending.filter((candidate) => isSecretValid(candidate, now))
  if (stillValid.length >= MAX_VALID_SECRETS) return refuse({ reason: 'two_secrets_valid' })
  const over = integration.secrets.filter((candidate) => !isSecretValid(candidate, now))
  const remembered = over
    .toReversed()
    .toSorted((a, b) => (b.endsAt ?? 0) - (a.endsAt ?? 0))
    .slice(0, MAX_ENDED_SECRETS)
  const secrets = withoutHashesOfEnded([...remembered, ...ending, secret], now)
  return accept({
    integration: { ...integration, secrets, version: integration.version + 1 },
    slots: state.slots,
  })
}

const endSecret = (secrets: readonly ClientSecret[], id: string, at: EpochSeconds): readonly ClientSecret[] =>
  secrets.map((secret) => (secret.id === id ? { ...secret, endsAt: earlier(secret.endsAt, at) } : secret))

const earlier = (one: EpochSeconds | undefined, other: EpochSeconds): EpochSeconds =>
  one === undefined ? other : Math.min(one, other)
