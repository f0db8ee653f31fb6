// The scopes that exist, and the APIs that ask for them.
import type { Scope } from '@latchkey/protocol'

export interface ScopeRecord {
  readonly name: Scope
  /** The `aud` of its tokens. */
  readonly audience: string
  readonly description: string
}

/** A resource server: something that accepts our tokens. Several APIs can share a scope. */
export interface ApiRecord {
  readonly name: string
  readonly scope: Scope
  readonly description: string
}

export interface Catalog {
  scope(name: string): ScopeRecord | undefined
  scopes(): readonly ScopeRecord[]
  apis(): readonly ApiRecord[]
}
