// Creates an integration with its first secret. The secret's text leaves through the result, once.
import { accept, isScope, refuse, type Result, type Scope, type Secret } from '@latchkey/protocol'
import type { IntegrationProfile } from '../domain/integration.ts'
import type { IssueMode } from '../domain/issue-mode.ts'
import type { Catalog } from '../ports/catalog.ts'
import type { Clock } from '../ports/clock.ts'
import type { Integrations, NewIntegration } from '../ports/integrations.ts'
import type { Random } from '../ports/random.ts'
import type { SecretVault } from '../ports/secret-vault.ts'

export interface CreateIntegrationPorts {
  readonly integrations: Integrations
  readonly catalog: Catalog
  readonly vault: SecretVault
  readonly clock: Clock
  readonly random: Random
  /** `never`: no sealed copy of the secret is kept. */
  readonly secretReveal: 'operators' | 'never'
}

export interface IntegrationRequest {
  readonly name: string
  readonly description: string
  /** What it may have tokens for. */
  readonly scopes: readonly string[]
  /** The scopes whose tokens of other integrations it may introspect. */
  readonly resourceServerFor: readonly string[]
  readonly mode: IssueMode
  readonly graceSeconds: number
}

export interface CreatedIntegration {
  readonly profile: IntegrationProfile
  readonly clientId: string
  readonly clientSecret: Secret
  readonly scopes: readonly Scope[]
  readonly resourceServerFor: readonly Scope[]
  readonly mode: IssueMode
  readonly graceSeconds: number
}

export type CreateIntegrationRefusal =
  | { readonly reason: 'name_unusable' }
  | { readonly reason: 'description_unusable' }
  | { readonly reason: 'unknown_scope'; readonly scope: string; readonly known: readonly Scope[] }

/** Throws `StoreUnavailable`. */
export async function createIntegration(
  ports: CreateIntegrationPorts,
  request: IntegrationRequest,
): Promise<Result<CreatedIntegration, CreateIntegrationRefusal>> {
  if (!isName(request.name)) return refuse({ reason: 'name_unusable' })
  if (!isDescription(request.description)) return refuse({ reason: 'description_unusable' })
  const scopes = knownScopes(ports.catalog, request.scopes)
  if (!scopes.ok) return scopes
  const resourceServerFor = knownScopes(ports.catalog, request.resourceServerFor)
  if (!resourceServerFor.ok) return resourceServerFor

  const { secret, hash } = ports.vault.generate()
  const secretId = `sec_${identifier(ports.random)}`
  const profile: IntegrationProfile = {
    id: `int_${identifier(ports.random)}`,
    name: request.name,
    description: request.description,
    createdAt: ports.clock.now(),
  }
  const clientId = await record(ports, (newClientId) => ({
    profile,
    integration: {
      clientId: newClientId,
      enabled: true,
      version: 1,
      secrets: [{ id: secretId, hash, endsAt: undefined }],
      resourceServerFor: resourceServerFor.value,
      mode: request.mode,
      graceSeconds: request.graceSeconds,
    },
    scopes: scopes.value,
    sealedSecret: ports.secretReveal === 'never' ? null : ports.vault.seal(secretId, secret),
  }))
  const { mode, graceSeconds } = request
  return accept({
    profile,
    clientId,
    clientSecret: secret,
    scopes: scopes.value,
    resourceServerFor: resourceServerFor.value,
    mode,
    graceSeconds,
  })
}

const ATTEMPTS = 3

// Two random client IDs of 72 bits do not meet; if a store says so time and again, something else is wrong.
async function record(
  { integrations, vault }: CreateIntegrationPorts,
  withClientId: (clientId: string) => NewIntegration,
): Promise<string> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const clientId = vault.generateClientId()
    const recorded = await integrations.create([withClientId(clientId)])
    if (recorded.ok) return clientId
  }
  throw new Error(`${String(ATTEMPTS)} new client IDs in a row were taken already`)
}

function knownScopes(
  catalog: Catalog,
  asked: readonly string[],
): Result<readonly Scope[], Extract<CreateIntegrationRefusal, { reason: 'unknown_scope' }>> {
  const known: Scope[] = []
  for (const scope of asked) {
    if (!isScope(scope) || catalog.scope(scope) === undefined) {
      return refuse({ reason: 'unknown_scope', scope, known: catalog.scopes().map(({ name }) => name) })
    }
    if (!known.includes(scope)) known.push(scope)
  }
  return accept(known)
}

const identifier = (random: Random): string => random.uuid().replaceAll('-', '')

const LONGEST_NAME = 120
const LONGEST_DESCRIPTION = 500

// Control characters forge lines in logs and terminals; bidirectional controls make a name read as another; a lone
// surrogate is no character.
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/u

const isName = (name: string): boolean =>
  name.trim() === name && name !== '' && [...name].length <= LONGEST_NAME && !UNPRINTABLE.test(name)

const isDescription = (description: string): boolean =>
  [...description].length <= LONGEST_DESCRIPTION && !UNPRINTABLE.test(description)
