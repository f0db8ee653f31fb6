// What the admin API answers, as far as it is shown to people. With --json it is handed through whole.

/** Times are RFC 3339, UTC. */
type Time = string

export interface LastUse {
  readonly at: Time
  readonly address: string
  readonly user_agent: string
}

export interface IssueModeDocument {
  readonly kind: 'replace' | 'stable'
  readonly renew_before_seconds?: number
}

export interface IntegrationDocument {
  readonly id: string
  readonly name: string
  readonly description: string
  readonly tags: readonly string[]
  readonly client_id: string
  readonly scopes: readonly string[]
  readonly status: 'active' | 'disabled'
  readonly issue_mode: IssueModeDocument
  readonly grace_seconds: number
  readonly resource_server_for: readonly string[]
  readonly allowed_addresses: readonly string[]
  readonly created_at: Time
  readonly last_used: LastUse | null
}

/** Without a secret when it was imported, or when an earlier request with the same Idempotency-Key made it. */
export interface CreatedIntegrationDocument extends IntegrationDocument {
  readonly client_secret?: string
}

export interface SecretDocument {
  readonly id: string
  readonly status: 'active' | 'ending' | 'ended'
  readonly origin: 'generated' | 'imported'
  readonly created_at: Time
  readonly ends_at: Time | null
  readonly revealable: boolean
  readonly last_used: LastUse | null
  readonly safe_to_retire: { readonly verdict: 'yes' | 'no' | 'unknown'; readonly why: string }
}

export interface RotatedSecretDocument extends SecretDocument {
  readonly client_secret?: string
}

export interface SlotDocument {
  readonly client_id: string
  readonly integration_id: string
  readonly integration_name: string
  readonly scope: string
  readonly audience: string
  readonly generation: number
  readonly live: {
    readonly jti: string
    readonly issued_at: Time
    readonly expires_at: Time
    readonly expires_in: number
  } | null
  readonly in_grace: { readonly jti: string; readonly accepted_until: Time } | null
}

export interface SlotHistoryDocument extends SlotDocument {
  readonly history: readonly {
    readonly generation: number
    readonly jti: string
    readonly issued_at: Time
    readonly requests: number
    readonly requesters: readonly {
      readonly address: string
      readonly user_agent: string
      readonly secret_id: string | null
    }[]
  }[]
}

export interface ScopeDocument {
  readonly name: string
  readonly audience: string
  readonly audience_is_default: boolean
  readonly description: string
  readonly integrations: number
  readonly live_tokens: number
  readonly apis: readonly string[]
}

export interface ApiDocument {
  readonly id: string
  readonly name: string
  readonly scope: string
  readonly description: string
  readonly routes: readonly string[]
}

export interface KeyDocument {
  readonly kid: string
  readonly alg: string
  readonly status: 'next' | 'signing' | 'retired' | 'revoked'
  readonly created_at: Time
  readonly signs_from: Time | null
  readonly retired_at: Time | null
  readonly accepted_until: Time | null
}

export interface AdminKeyDocument {
  readonly id: string
  readonly name: string
  readonly role: string
  readonly loopback_only: boolean
  readonly created_at: Time
  readonly expires_at: Time | null
  readonly last_used: Time | LastUse | null
  readonly status: string
}

export interface AuditEventDocument {
  readonly id: string
  readonly seq: number
  readonly at: Time
  readonly event: string
  readonly actor: { readonly kind: string; readonly name: string; readonly address: string }
  readonly target: { readonly kind: string; readonly id: string; readonly name: string }
}

export interface OperatorDocument {
  readonly id: string
  readonly email: string
  readonly role: string
  readonly created_at: Time
  readonly last_sign_in: Time | null
  readonly status: string
}

export interface LinkDocument {
  readonly link: string
  readonly link_expires_at: Time
}
