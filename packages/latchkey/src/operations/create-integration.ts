// Creates an integration with its first credentials. If the server generated a secret, the result contains the text of
// the secret.
import { accept, refuse, type Result, type Secret } from '@latchkey/protocol'
import type { Actor, AuditRecord } from '../domain/audit-event.ts'
import { auditedIntegration, integrationTarget } from '../domain/audited-integration.ts'
import { type CredentialRefusal, withKey, withKeySource } from '../domain/credential-change.ts'
import { type Credential, isKey, isKeySource, isRule } from '../domain/credential.ts'
import type { IntegrationProfile } from '../domain/integration.ts'
import { type IssueMode, REPLACE } from '../domain/issue-mode.ts'
import { emptySlot, type EpochSeconds } from '../domain/slot.ts'
import type { Catalog } from '../ports/catalog.ts'
import type { ClientKeyFault } from '../ports/client-keys.ts'
import type {
  IdempotencyRefusal,
  IdempotencyRecord,
  Integrations,
  IntegrationSummary,
  NewIntegration,
} from '../ports/integrations.ts'
import { identifier } from './identifier.ts'
import { checkFields, type FieldRefusal } from './integration-request.ts'
import { keyFacts, type KeyRequest, newClientKey, type NewKeyPorts } from './new-client-key.ts'
import { keySourceFacts, type KeySourceRequest, newKeySource } from './new-key-source.ts'
import { type NewRulePorts, ruleFacts, type RuleRequest } from './new-trust-rule.ts'
import { newSecret, type NewSecretPorts, type SecretRequestRefusal } from './new-secret.ts'
import { type RulesRefusal, wantedRules } from './wanted-rules.ts'

export interface CreateIntegrationPorts extends NewSecretPorts, NewKeyPorts, NewRulePorts {
  readonly integrations: Integrations
  readonly catalog: Catalog
}

export interface IntegrationRequest {
  readonly name: string
  readonly description?: string | undefined
  readonly tags?: readonly string[] | undefined
  /** The scopes that the integration may request. */
  readonly scopes: readonly string[]
  /**
   * The scopes for which the integration has the resource-server right: it may introspect the tokens of other
   * integrations with these scopes.
   */
  readonly resourceServerFor?: readonly string[] | undefined
  readonly mode?: IssueMode | undefined
  readonly graceSeconds?: number | undefined
  readonly conditional?: boolean | undefined
  readonly allowedAddresses?: readonly string[] | undefined
  readonly importedSecret?: string | undefined
  /** The public keys of the integration. */
  readonly keys?: readonly KeyRequest[] | undefined
  /**
   * Where the server fetches the keys of the client. An integration has at most one `jwks_uri`, and either a `jwks_uri`
   * or public keys of its own.
   */
  readonly keySources?: readonly KeySourceRequest[] | undefined
  /** The trust rules of the integration. */
  readonly trust?: readonly RuleRequest[] | undefined
  /**
   * Whether the server generates a secret. If undefined, the server generates a secret only for an integration without
   * keys and trust rules.
   */
  readonly generatedSecret?: 'always' | 'never' | undefined
  readonly secretEndsAt?: EpochSeconds | undefined
  readonly idempotencyKey?: IdempotencyKey | undefined
}

export interface CreatedIntegration {
  readonly integration: IntegrationSummary
  /** The text of the secret. Undefined for an imported secret, and for a repeated request. */
  readonly clientSecret: Secret | undefined
  readonly isReplay: boolean
}

export type CreateIntegrationRefusal =
  | FieldRefusal
  | SecretRequestRefusal
  | CredentialsRefusal
  | Extract<IdempotencyRefusal, { reason: 'idempotency_key_reused' }>

/** An idempotency record without the id of the created record, which is not known yet. */
export type IdempotencyKey = Omit<IdempotencyRecord, 'made'>

/** Creates the integration. Throws `StoreUnavailable`. */
export async function createIntegration(
  ports: CreateIntegrationPorts,
  by: Actor,
  request: IntegrationRequest,
): Promise<Result<CreatedIntegration, CreateIntegrationRefusal>> {
  const { idempotencyKey } = request
  if (request.trust !== undefined) await ports.trustedIssuers.refreshed()
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const made = newIntegration(ports, request)
    if (!made.ok) return made
    const { record, text } = made.value
    const { id } = record.profile
    const audit = creationRecord(ports, by, record)
    const created = await ports.integrations.create(
      [record],
      [audit],
      idempotencyKey && { ...idempotencyKey, made: id },
    )
    if (created.ok) return accept({ integration: await found(ports, id), clientSecret: text, isReplay: false })
    switch (created.refusal.reason) {
      case 'idempotency_key_reused':
        return refuse({ reason: 'idempotency_key_reused' })
      case 'already_made':
        return replayed(await ports.integrations.findByIdOrClientId(created.refusal.made))
      // Tries again with a new client ID. The next attempt also checks the scopes again, and then refuses a deleted
      // scope by its name.
      case 'client_id_taken':
      case 'scope_gone':
        continue
    }
  }
  throw new Error(`${String(ATTEMPTS)} consecutive attempts to store a new integration were refused`)
}

// A duplicate client ID is practically impossible with 72 random bits. If the store reports duplicates repeatedly,
// another fault is the cause.
const ATTEMPTS = 3

/**
 * Checks the request, and returns the new integration with the text of its first secret. Looks up the issuers of trust
 * rules in memory.
 */
export function newIntegration(
  ports: CreateIntegrationPorts,
  request: IntegrationRequest,
): Result<
  { readonly record: NewIntegration; readonly text: Secret | undefined },
  FieldRefusal | SecretRequestRefusal | CredentialsRefusal
> {
  const checked = checkFields(ports.catalog, request)
  if (!checked.ok) return checked
  const { name = '', description = '', tags = [], scopes = [] } = checked.value
  const { resourceServerFor = [], mode = REPLACE, graceSeconds = 0, allowedAddresses = [] } = checked.value
  const { conditional = true } = checked.value
  const now = ports.clock.now()
  const keys = newKeys(ports, request.keys ?? [], now)
  if (!keys.ok) return keys
  const keysAndSources = withNewKeySources(ports, request.keySources ?? [], keys.value)
  if (!keysAndSources.ok) return keysAndSources
  const rules = wantedRules(ports, request.trust ?? [])
  if (!rules.ok) return rules
  const credentials = [...keysAndSources.value, ...rules.value.map(({ made }) => made.rule)]
  const secret = newSecret(ports, { imported: request.importedSecret, endsAt: request.secretEndsAt })
  if (!secret.ok) return secret
  const generated = request.generatedSecret ?? (credentials.length === 0 ? 'always' : 'never')
  const hasSecret = request.importedSecret !== undefined || generated === 'always'
  const id = `int_${identifier(ports.random, now)}`
  const profile: IntegrationProfile = { id, name, description, tags, createdAt: now }
  const integration = {
    clientId: ports.vault.generateClientId(),
    enabled: true,
    version: 1,
    secrets: hasSecret ? [secret.value.secret] : [],
    credentials,
    resourceServerFor,
    mode,
    graceSeconds,
    conditional,
    allowedAddresses,
  }
  const { sealed: sealedSecret, origin: secretOrigin } = secret.value
  const text = hasSecret ? secret.value.text : undefined
  return accept({ record: { profile, integration, scopes, sealedSecret, secretOrigin, firstGeneration: 0 }, text })
}

/** The refusal of a key. `index` is the index of the key in the request. */
export interface KeysRefusal {
  readonly reason: 'key_refused'
  readonly index: number
  readonly cause: ClientKeyFault | CredentialRefusal
}

/** The refusal of a `jwks_uri`, with its index in the request. */
export interface KeySourcesRefusal {
  readonly reason: 'key_source_refused'
  readonly index: number
  readonly cause: 'jwks_uri_unusable' | CredentialRefusal
}

export type CredentialsRefusal = KeysRefusal | KeySourcesRefusal | RulesRefusal

function newKeys(
  ports: NewKeyPorts,
  requests: readonly KeyRequest[],
  now: EpochSeconds,
): Result<readonly Credential[], KeysRefusal> {
  let credentials: readonly Credential[] = []
  for (const [index, request] of requests.entries()) {
    const key = newClientKey(ports, request, now)
    if (!key.ok) return refuse({ reason: 'key_refused', index, cause: key.refusal })
    const added = withKey(credentials, key.value, now)
    if (!added.ok) return refuse({ reason: 'key_refused', index, cause: added.refusal })
    credentials = added.value
  }
  return accept(credentials)
}

function withNewKeySources(
  ports: NewKeyPorts & Pick<CreateIntegrationPorts, 'clock'>,
  requests: readonly KeySourceRequest[],
  keys: readonly Credential[],
): Result<readonly Credential[], KeySourcesRefusal> {
  const now = ports.clock.now()
  let credentials = keys
  for (const [index, request] of requests.entries()) {
    const source = newKeySource(ports, request, now)
    if (!source.ok) return refuse({ reason: 'key_source_refused', index, cause: source.refusal })
    const added = withKeySource(credentials, source.value, now)
    if (!added.ok) return refuse({ reason: 'key_source_refused', index, cause: added.refusal })
    credentials = added.value
  }
  return accept(credentials)
}

export function creationRecord(
  { clientKeys, trustedIssuers }: Pick<CreateIntegrationPorts, 'clientKeys' | 'trustedIssuers'>,
  actor: Actor,
  { profile, integration, scopes, secretOrigin }: NewIntegration,
): AuditRecord {
  const slots = scopes.map((scope) => emptySlot(0, scope, true))
  const after = {
    ...auditedIntegration(profile, { integration, slots }),
    client_id: integration.clientId,
    secret: integration.secrets.length === 0 ? 'none' : secretOrigin,
    ...(integration.credentials.some(isKey) && {
      keys: integration.credentials.filter(isKey).map((key) => keyFacts(clientKeys, key)),
    }),
    ...(integration.credentials.some(isKeySource) && {
      jwks_uri: integration.credentials.filter(isKeySource).map(keySourceFacts).at(0) ?? null,
    }),
    ...(integration.credentials.some(isRule) && {
      trust: integration.credentials.filter(isRule).map((rule) => ruleFacts(trustedIssuers.all(), rule)),
    }),
  }
  return { event: 'integration.created', actor, target: integrationTarget(profile), before: {}, after }
}

/**
 * Returns the outcome of a repeated request. Refuses if the integration was deleted since the first request, because a
 * repeated request must not create it again.
 */
const replayed = (
  integration: IntegrationSummary | undefined,
): Result<CreatedIntegration, Extract<IdempotencyRefusal, { reason: 'idempotency_key_reused' }>> =>
  integration === undefined
    ? refuse({ reason: 'idempotency_key_reused' })
    : accept({ integration, clientSecret: undefined, isReplay: true })

async function found({ integrations }: CreateIntegrationPorts, id: string): Promise<IntegrationSummary> {
  const summary = await integrations.findByIdOrClientId(id)
  if (summary === undefined) throw new Error('the integration was deleted while it was being created')
  return summary
}
