// A manifest declares trusted issuers, scopes, APIs and integrations in a file. A member that an entry omits keeps its
// stored value.
import type { IssuerSettings, TrustedIssuer } from '../domain/trusted-issuer.ts'
import type { AuditTarget, JsonObject } from '../domain/audit-event.ts'
import type { ManifestAct } from '../ports/manifests.ts'
import type { IntegrationFields } from './integration-request.ts'
import type { KeyRequest } from './new-client-key.ts'
import type { KeySourceRequest } from './new-key-source.ts'
import type { RuleRequest } from './new-trust-rule.ts'

export interface DeclaredIssuer {
  /** The name, which identifies the issuer. */
  readonly name: string
  /** The settings for a new issuer. Members that the entry omits have their default values. */
  readonly settings: IssuerSettings
  /** The members that the entry contains. Only these change an existing issuer. */
  readonly given: Partial<IssuerSettings>
}

export interface DeclaredScope {
  readonly name: string
  /** The audience of the scope. Null stands for the server's default audience. */
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
   * The client ID, which identifies the integration and which a new integration gets. If it is missing, the name
   * identifies the integration.
   */
  readonly clientId?: string | undefined
  readonly scopes?: readonly string[] | undefined
  readonly status?: 'active' | 'disabled' | undefined
  /** The `sha256:…` of a secret that the integration must have. If this secret is already valid, nothing changes. */
  readonly importedSecret?: string | undefined
  /**
   * `none`: all secrets end, and a new integration gets no secret. `generated`: a new integration gets a secret in
   * addition to its keys, and an existing integration keeps its secrets.
   */
  readonly secret?: 'none' | 'generated' | undefined
  /** The complete list of the integration's keys. Every other key ends. */
  readonly keys?: readonly KeyRequest[] | undefined
  /** The URL from which the server fetches the keys of the client. Null ends the present `jwks_uri`. */
  readonly keySource?: KeySourceRequest | null | undefined
  /** The complete list of the integration's trust rules. Every other rule ends. */
  readonly trust?: readonly RuleRequest[] | undefined
}

export interface Manifest {
  /**
   * The scopes that an earlier chunk of the same manifest creates. A plan creates no scopes, so it needs this list to
   * accept their names.
   */
  readonly pendingScopes: readonly string[]
  /**
   * The trusted issuers that an earlier chunk of the same manifest creates. A plan creates no issuers, so it needs this
   * list to accept their names.
   */
  readonly pendingIssuers: readonly Pick<TrustedIssuer, 'name' | 'platform'>[]
  /** The complete list of trusted issuers. Every other issuer is deleted. Undefined changes no issuer. */
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
  /** The effect of the step. Only an issuer can be deleted. */
  readonly action: 'create' | 'update' | 'keep' | 'delete'
  readonly before: JsonObject
  readonly after: JsonObject
  readonly acts: readonly ManifestAct[]
}

/** The place of an entry in the manifest. */
export interface ManifestPlace {
  readonly list: 'issuers' | 'scopes' | 'apis' | 'integrations'
  /** The index in the list. Undefined for a stored record that the list does not contain. */
  readonly index: number | undefined
}
