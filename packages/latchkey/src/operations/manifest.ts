// A manifest declares scopes, APIs and integrations in a file. A member that an entry omits keeps its stored value.
import type { IssuerSettings, TrustedIssuer } from '../domain/trusted-issuer.ts'
import type { AuditTarget, JsonObject } from '../domain/audit-event.ts'
import type { ManifestAct } from '../ports/manifests.ts'
import type { IntegrationFields } from './integration-request.ts'
import type { KeyRequest } from './new-client-key.ts'
import type { RuleRequest } from './new-trust-rule.ts'

export interface DeclaredIssuer {
  /** The name identifies the issuer. */
  readonly name: string
  /** The settings of a new issuer: a member that the entry omits has its usual value. */
  readonly settings: IssuerSettings
  /** The members that the entry has. */
  readonly given: Partial<IssuerSettings>
}

export interface DeclaredScope {
  readonly name: string
  /** Null means the server's default audience. */
  readonly audience?: string | null | undefined
  readonly description?: string | undefined
}

export interface DeclaredApi {
  readonly name: string
  readonly scope: string
  readonly description?: string | undefined
  readonly routes?: readonly string[] | undefined
}

export interface DeclaredIntegration extends IntegrationFields {
  readonly name: string
  /**
   * The client ID of the integration. If it is missing, the name identifies the integration. A new integration gets
   * this client ID.
   */
  readonly clientId?: string | undefined
  readonly scopes?: readonly string[] | undefined
  readonly status?: 'active' | 'disabled' | undefined
  /** `sha256:…` of a secret that must be valid. If the secret is valid already, nothing changes. */
  readonly importedSecret?: string | undefined
  /**
   * `none`: all secrets end, and a new integration gets none. `generated`: a new integration gets a secret beside its
   * keys, and an existing one keeps its secrets.
   */
  readonly secret?: 'none' | 'generated' | undefined
  /** All keys of the integration: every other key ends. */
  readonly keys?: readonly KeyRequest[] | undefined
  /** All trust rules of the integration: every other rule ends. */
  readonly trust?: readonly RuleRequest[] | undefined
}

export interface Manifest {
  /**
   * Scopes that an earlier chunk of the same manifest creates. A plan needs this list, because it creates no scopes.
   */
  readonly pendingScopes: readonly string[]
  /** Trusted issuers that an earlier chunk of the same manifest creates, for the same reason. */
  readonly pendingIssuers: readonly Pick<TrustedIssuer, 'name' | 'platform'>[]
  /** All trusted issuers: every other one is deleted. Undefined leaves the issuers alone. */
  readonly issuers: readonly DeclaredIssuer[] | undefined
  readonly scopes: readonly DeclaredScope[]
  readonly apis: readonly DeclaredApi[]
  readonly integrations: readonly DeclaredIntegration[]
}

/** The step for one entry. `acts` is empty if the store already matches the entry. */
export interface Step {
  readonly place: ManifestPlace
  readonly target: Pick<AuditTarget, 'kind' | 'name'>
  readonly clientId?: string
  /** Only issuers are deleted. */
  readonly action: 'create' | 'update' | 'keep' | 'delete'
  readonly before: JsonObject
  readonly after: JsonObject
  readonly acts: readonly ManifestAct[]
}

/** An entry of the manifest. */
export interface ManifestPlace {
  readonly list: 'issuers' | 'scopes' | 'apis' | 'integrations'
  /** Undefined for a thing that the list leaves out. */
  readonly index: number | undefined
}
