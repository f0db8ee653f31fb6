// A set-up as somebody declares it in a file: scopes, APIs and integrations as they are to be. What is left out stays.
import type { AuditTarget, JsonObject } from '../domain/audit-event.ts'
import type { SetUpAct } from '../ports/set-up.ts'
import type { IntegrationFields } from './integration-request.ts'

export interface DeclaredScope {
  readonly name: string
  /** Null: the server's. */
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
  /** Which one it is; left out, the one of this name. One that is not there yet is made with this client ID. */
  readonly clientId?: string | undefined
  readonly scopes?: readonly string[] | undefined
  readonly status?: 'active' | 'disabled' | undefined
  /** `sha256:…` of a secret that is to work; one that is known already changes nothing. */
  readonly importedSecret?: string | undefined
}

export interface DeclaredSetUp {
  /** Scopes that another chunk of the same declaration makes: for a plan, in which that has not happened. */
  readonly pendingScopes: readonly string[]
  readonly scopes: readonly DeclaredScope[]
  readonly apis: readonly DeclaredApi[]
  readonly integrations: readonly DeclaredIntegration[]
}

/** What is to be done about one entry; no act when it is as declared. */
export interface Step {
  readonly place: SetUpPlace
  readonly target: Pick<AuditTarget, 'kind' | 'name'>
  readonly clientId?: string
  readonly action: 'create' | 'update' | 'keep'
  readonly before: JsonObject
  readonly after: JsonObject
  readonly acts: readonly SetUpAct[]
}

/** An entry of the declaration. */
export interface SetUpPlace {
  readonly list: 'scopes' | 'apis' | 'integrations'
  readonly index: number
}
