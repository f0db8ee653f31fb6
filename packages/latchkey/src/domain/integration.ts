// An integration: the server's record of one OAuth client. `Integration` has the members that decisions about requests
// need.
import type { Scope } from '@latchkey/protocol'
import type { AddressRange } from './address-ranges.ts'
import type { Credential } from './credential.ts'
import type { ClientSecret } from './client-secret.ts'
import type { IssueMode } from './issue-mode.ts'
import type { EpochSeconds, Slot } from './slot.ts'

export interface Integration {
  readonly clientId: string
  readonly enabled: boolean
  /** The version. It grows with every change of secrets, scopes, mode, grace or status. */
  readonly version: number
  readonly secrets: readonly ClientSecret[]
  /** The credentials other than secrets, valid and ended ones, in the order in which they were added. */
  readonly credentials: readonly Credential[]
  /** The resource-server right: the integration may introspect other integrations' tokens of these scopes. */
  readonly resourceServerFor: readonly Scope[]
  readonly mode: IssueMode
  /** The grace: how long a superseded token is accepted beside the live one, from 0 to 300 seconds. */
  readonly graceSeconds: number
  /** The addresses and CIDR ranges from which requests are accepted. An empty list allows every address. */
  readonly allowedAddresses: readonly AddressRange[]
}

/** An integration with its slots: a consistent snapshot. */
export interface IntegrationState {
  readonly integration: Integration
  readonly slots: readonly Slot[]
}

export const slotOf = (state: IntegrationState, scope: string): Slot | undefined =>
  state.slots.find((slot) => slot.scope === scope)

export const grantedScopes = (state: IntegrationState): readonly Scope[] =>
  state.slots.filter((slot) => slot.granted).map((slot) => slot.scope)

/** The members of an integration that only operators see. They affect no request. */
export interface IntegrationProfile {
  /** `int_…` */
  readonly id: string
  readonly name: string
  readonly description: string
  readonly tags: readonly string[]
  readonly createdAt: EpochSeconds
}
