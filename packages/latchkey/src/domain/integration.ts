// An integration: our record of one OAuth client. Only what decides is here; names and notes are the admin API's.
import type { Scope } from '@latchkey/protocol'
import type { AddressRange } from './address-ranges.ts'
import type { ClientSecret } from './client-secret.ts'
import type { IssueMode } from './issue-mode.ts'
import type { EpochSeconds, Slot } from './slot.ts'

export interface Integration {
  readonly clientId: string
  readonly enabled: boolean
  /** Grows at every change of what decides: secrets, scopes, mode, grace, status. */
  readonly version: number
  readonly secrets: readonly ClientSecret[]
  /** The scopes whose tokens of other integrations it may introspect: the resource-server right. */
  readonly resourceServerFor: readonly Scope[]
  readonly mode: IssueMode
  /** 0 to 300: how long the superseded token is accepted beside the live one. */
  readonly graceSeconds: number
  /** Addresses and CIDR ranges that its requests may come from; empty: from anywhere. */
  readonly allowedAddresses: readonly AddressRange[]
}

/** An integration with its slots, as one moment's consistent picture. */
export interface IntegrationState {
  readonly integration: Integration
  readonly slots: readonly Slot[]
}

export const slotOf = (state: IntegrationState, scope: string): Slot | undefined =>
  state.slots.find((slot) => slot.scope === scope)

export const grantedScopes = (state: IntegrationState): readonly Scope[] =>
  state.slots.filter((slot) => slot.granted).map((slot) => slot.scope)

/** What an operator sees and edits beside what decides. */
export interface IntegrationProfile {
  /** `int_…` */
  readonly id: string
  readonly name: string
  readonly description: string
  readonly tags: readonly string[]
  readonly createdAt: EpochSeconds
}
