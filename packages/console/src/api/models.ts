// What the admin API answers, as far as the console shows it.

export type Role = 'viewer' | 'editor' | 'owner'

export interface LastUse {
  readonly at: string
  readonly address: string
  readonly user_agent: string
}

export interface IssueMode {
  readonly kind: 'replace' | 'stable'
  readonly renew_before_seconds?: number
}

export interface Integration {
  readonly id: string
  readonly name: string
  readonly description: string
  readonly tags: readonly string[]
  readonly client_id: string
  readonly scopes: readonly string[]
  readonly status: 'active' | 'disabled'
  readonly issue_mode: IssueMode
  readonly grace_seconds: number
  readonly resource_server_for: readonly string[]
  readonly allowed_addresses: readonly string[]
  readonly version: number
  readonly created_at: string
  readonly updated_at: string
  readonly last_used: LastUse | null
}

/** Without `client_secret` when the answer is a replay. */
export interface CreatedIntegration extends Integration {
  readonly client_secret?: string
}

export interface IntegrationPage {
  readonly items: readonly Integration[]
  readonly next_cursor: string | null
  readonly counts: { readonly all: number; readonly active: number; readonly disabled: number }
}

export interface IntegrationSecret {
  readonly id: string
  readonly status: 'active' | 'ending' | 'ended'
  readonly origin: 'generated' | 'imported'
  readonly created_at: string
  readonly ends_at: string | null
  readonly revealable: boolean
  readonly last_used: LastUse | null
  readonly safe_to_retire: { readonly verdict: 'yes' | 'no' | 'unknown'; readonly why: string }
}

export interface LiveToken {
  readonly generation: number
  readonly jti: string
  readonly issued_at: string
  readonly expires_at: string
  readonly expires_in: number
}

export interface Slot {
  readonly client_id: string
  readonly integration_id: string
  readonly integration_name: string
  readonly scope: string
  readonly audience: string | null
  readonly generation: number
  readonly live: LiveToken | null
  readonly in_grace: { readonly generation: number; readonly jti: string; readonly accepted_until: string } | null
}

export interface Requester {
  readonly address: string
  readonly user_agent: string
  readonly secret_id: string
}

export interface Issuance {
  readonly generation: number
  readonly jti: string
  readonly issued_at: string
  readonly requests: number
  readonly requesters: readonly Requester[]
}

export interface SlotHistory extends Slot {
  readonly history: readonly Issuance[]
}

export interface Counts {
  readonly issued: number
  readonly shared: number
  readonly reused: number
  readonly superseded: number
  readonly refused: Readonly<Record<string, number>>
  readonly denied: Readonly<Record<string, number>>
}

export interface Interval extends Counts {
  readonly at: string
}

export interface Contention {
  readonly client_id: string
  readonly scope: string
  readonly kind: 'several_sources' | 'one_source'
  readonly since: string
  readonly supersessions: number
  readonly last_supersession: string
  readonly sources: readonly (Requester & { readonly requests: number; readonly last_seen: string })[]
  readonly cures: readonly { readonly code: string; readonly what: string }[]
}

export interface Activity {
  readonly since: string
  readonly last_hour: Counts
  readonly last_24_hours: Counts
  readonly contention: readonly Contention[]
  readonly minutes: readonly Interval[]
  readonly half_hours: readonly Interval[]
}

export interface Scope {
  readonly name: string
  readonly audience: string
  readonly audience_is_default: boolean
  readonly version: number
  readonly description: string
  readonly integrations: number
  readonly live_tokens: number
  readonly apis: readonly string[]
}

export interface AuditEvent {
  readonly id: string
  readonly seq: number
  readonly at: string
  readonly event: string
  readonly actor: {
    readonly kind: string
    readonly id: string
    readonly name: string
    readonly address: string
    readonly user_agent: string
  }
  readonly request_id: string
  readonly target: { readonly kind: string; readonly id: string; readonly name: string }
  readonly before: Readonly<Record<string, unknown>>
  readonly after: Readonly<Record<string, unknown>>
}

export interface Operator {
  readonly id: string
  readonly email: string
  readonly role: Role
}

/** One of the two is there: who signed in, or the admin key that a proxy of the operator's own adds. */
export interface Session {
  readonly operator?: Operator
  readonly admin_key?: { readonly id?: string; readonly name: string; readonly role: Role }
  readonly idle_timeout_seconds?: number
}

/** Where clients find the server. */
export interface ServerFacts {
  readonly issuer: string
  readonly token_endpoint: string
  readonly jwks_uri: string
  readonly introspection_endpoint: string
  readonly revocation_endpoint: string
  readonly token_lifetime_seconds: number
  /** `never`: a secret is shown in the answer that made it, and not again. */
  readonly secret_reveal: 'operators' | 'never'
}

/** A token that was requested as the client would. */
export interface TrialAnswer {
  readonly access_token: string
  readonly jti: string
  readonly generation: number
  readonly kind: 'issued' | 'reused'
}

/** What verify answers to a token. */
export interface Verification {
  readonly status: 200 | 401 | 403
  readonly reason: string | null
  readonly challenge: string | null
}
