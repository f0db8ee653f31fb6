// A manifest: scopes, APIs and integrations as a file declares them. Members that an entry omits keep their values.
import type { AuditTarget, JsonObject } from '../domain/audit-event.ts'
import type { ManifestAct } from '../ports/manifests.ts'
import type { IntegrationFields } from './integration-request.ts'

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
  /** Identifies the integration; without it the name does. A new integration gets this client ID. */
  readonly clientId?: string | undefined
  readonly scopes?: readonly string[] | undefined
  readonly status?: 'active' | 'disabled' | undefined
  /** `sha256:…` of a secret that must be valid. A secret that is valid already changes nothing. */
  readonly importedSecret?: string | undefined
}

export interface Manifest {
  /** Scopes that an earlier chunk of the same manifest creates. A plan needs them, for it creates nothing. */
  readonly pendingScopes: readonly string[]
  readonly scopes: readonly DeclaredScope[]
  readonly apis: readonly DeclaredApi[]
  readonly integrations: readonly DeclaredIntegration[]
}

/** The step for one entry. It has no acts if the store already matches the entry. */
export interface Step {
  readonly place: ManifestPlace
  readonly target: Pick<AuditTarget, 'kind' | 'name'>
  readonly clientId?: string
  readonly action: 'create' | 'update' | 'keep'
  readonly before: JsonObject
  readonly after: JsonObject
  readonly acts: readonly ManifestAct[]
}

/** An entry of the manifest. */
export interface ManifestPlace {
  readonly list: 'scopes' | 'apis' | 'integrations'
  readonly index: number
}
