// An integration is one OAuth client. The type `Integration` has only the members that affect token requests.
// `IntegrationProfile` has the members for operators.
import type { Scope } from '@latchkey/protocol'
import type { AddressRange } from './address-ranges.ts'
import type { Credential } from './credential.ts'
import type { ClientSecret } from './client-secret.ts'
import type { IssueMode } from './issue-mode.ts'
import type { EpochSeconds, Generation, Slot } from './slot.ts'

export interface Integration {
  readonly clientId: string
  readonly enabled: boolean
  /** The version. It grows with every administrative change of the integration, including its slots. */
  readonly version: number
  readonly secrets: readonly ClientSecret[]
  /** The client keys and trust rules. The list also contains the credentials that ended most recently. */
  readonly credentials: readonly Credential[]
  /**
   * The scopes for which the integration has the resource-server right: it may introspect the tokens of other
   * integrations with these scopes.
   */
  readonly resourceServerFor: readonly Scope[]
  readonly mode: IssueMode
  /**
   * The grace: the time for which a superseded token is still accepted after the issuance of the next token, from 0 to
   * 300 seconds.
   */
  readonly graceSeconds: number
  /**
   * True if a token request may name the token that it replaces. False if the server ignores the parameter
   * `latchkey_replaces`.
   */
  readonly conditional: boolean
  /**
   * The addresses and CIDR ranges from which the server accepts requests of the client. An empty list allows every
   * address.
   */
  readonly allowedAddresses: readonly AddressRange[]
}

/**
 * Returns the condition of a token request: the generation of the token that the request replaces. Undefined if the
 * integration ignores conditions.
 */
export const heededCondition = (
  { conditional }: Integration,
  replaces: Generation | undefined,
): Generation | undefined => (conditional ? replaces : undefined)

/** An integration and its slots, all from the same moment. */
export interface IntegrationState {
  readonly integration: Integration
  readonly slots: readonly Slot[]
}

export const slotOf = (state: IntegrationState, scope: string): Slot | undefined =>
  state.slots.find((slot) => slot.scope === scope)

export const grantedScopes = (state: IntegrationState): readonly Scope[] =>
  state.slots.filter((slot) => slot.granted).map((slot) => slot.scope)

/** The members of an integration that only operators see. They do not affect token requests. */
export interface IntegrationProfile {
  /** The id, which begins with `int_`. */
  readonly id: string
  readonly name: string
  readonly description: string
  readonly tags: readonly string[]
  readonly createdAt: EpochSeconds
}
