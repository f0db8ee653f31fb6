// Plans the changes that make the keys, trust rules and secrets of an integration equal to the entry of a manifest.
import { accept, refuse, type Result } from '@latchkey/protocol'
import type { JsonObject } from '../domain/audit-event.ts'
import { isSecretValid } from '../domain/client-secret.ts'
import { withKey } from '../domain/credential-change.ts'
import { type ClientKey, type Credential, isCredentialValid, isKey, isKeySource } from '../domain/credential.ts'
import type { Integration } from '../domain/integration.ts'
import { type CredentialPlan, endedRecord, NOTHING, type RecordedChanges } from './credential-plan.ts'
import type { CreateIntegrationPorts, CredentialsRefusal, KeysRefusal } from './create-integration.ts'
import type { DeclaredIntegration } from './manifest.ts'
import { auditedKey, keyFacts, type KeyRequest, newClientKey, type NewKeyPorts } from './new-client-key.ts'
import { planKeySource } from './plan-key-source.ts'
import { planTrust } from './plan-trust.ts'
import { newSecret, type NewSecretPorts, type SecretRequestRefusal } from './new-secret.ts'

/** The number of seconds for which the older secrets stay valid after a manifest has added a secret. */
const OVERLAP_SECONDS = 86_400

export function planCredentials(
  ports: CreateIntegrationPorts,
  declared: DeclaredIntegration,
  integration: Integration,
): Result<CredentialPlan, CredentialsRefusal | SecretRequestRefusal> {
  const secrets =
    declared.secret === 'none' ? accept(endedSecrets(ports, integration)) : addedSecret(ports, declared, integration)
  if (!secrets.ok) return secrets
  const keys = declared.keys === undefined ? accept(NOTHING) : planKeys(ports, declared.keys, integration)
  if (!keys.ok) return keys
  const trust = declared.trust === undefined ? accept(NOTHING) : planTrust(ports, declared.trust, integration)
  if (!trust.ok) return trust
  if (isKeysBesideSource(ports, declared, integration)) {
    return refuse({ reason: 'key_source_refused', index: 0, cause: 'jwks_uri_beside_keys' })
  }
  const source =
    declared.keySource === undefined
      ? accept(NOTHING)
      : planKeySource(ports, declared.keySource ?? undefined, integration)
  if (!source.ok) return source
  const plans = [secrets.value, keys.value, source.value, trust.value]
  const records = plans.flatMap((plan) => plan.records)
  const isEnd = ({ event }: RecordedChanges) => event === 'credential.ended'
  return accept({
    // An integration cannot have both keys and a `jwks_uri`, so the plan ends the old credentials before it adds
    // credentials of the other kind.
    records: [...records.filter(isEnd), ...records.filter((record) => !isEnd(record))],
    before: Object.assign({}, ...plans.map(({ before }) => before)) as JsonObject,
    after: Object.assign({}, ...plans.map(({ after }) => after)) as JsonObject,
  })
}

/** Returns true if the manifest would give the integration both keys and a `jwks_uri`. */
function isKeysBesideSource(
  { clock }: NewSecretPorts,
  declared: DeclaredIntegration,
  { credentials }: Integration,
): boolean {
  const valid = credentials.filter((credential) => isCredentialValid(credential, clock.now()))
  const hasKeys = declared.keys === undefined ? valid.some(isKey) : declared.keys.length > 0
  const hasSource = declared.keySource === undefined ? valid.some(isKeySource) : declared.keySource !== null
  return hasKeys && hasSource
}

/**
 * Plans to add the declared secret, unless the integration already has it as a valid secret. The older secrets end one
 * day later.
 */
function addedSecret(
  ports: NewSecretPorts,
  { importedSecret }: DeclaredIntegration,
  { secrets }: Integration,
): Result<CredentialPlan, SecretRequestRefusal> {
  if (importedSecret === undefined) return accept(NOTHING)
  const made = newSecret(ports, { imported: importedSecret, endsAt: undefined })
  if (!made.ok) return made
  const { secret, sealed, origin } = made.value
  const now = ports.clock.now()
  if (secrets.some((one) => one.hash === secret.hash && isSecretValid(one, now))) return accept(NOTHING)
  const change = { kind: 'add_secret', secret, sealed, origin, previousEndAt: now + OVERLAP_SECONDS } as const
  const record: RecordedChanges = { event: 'secret.rotated', changes: [change], remark: { origin } }
  return accept({ records: [record], before: {}, after: { secret: origin } })
}

function endedSecrets({ clock }: NewSecretPorts, { secrets }: Integration): CredentialPlan {
  const at = clock.now()
  const ids = secrets.filter((secret) => isSecretValid(secret, at)).map(({ id }) => id)
  if (ids.length === 0) return NOTHING
  const records = ids.map((secretId): RecordedChanges => ({
    event: 'secret.ended',
    changes: [{ kind: 'end_secret', secretId, at }],
    remark: { secret_id: secretId },
  }))
  return { records, before: { secrets: ids }, after: { secrets: [] } }
}

/**
 * Plans the changes of the keys. Ends the undeclared keys before it adds new keys, because the number of valid keys is
 * limited.
 */
function planKeys(
  ports: NewSecretPorts & NewKeyPorts,
  declared: readonly KeyRequest[],
  { credentials }: Integration,
): Result<CredentialPlan, KeysRefusal> {
  const now = ports.clock.now()
  const valid = credentials.filter(isKey).filter((key) => isCredentialValid(key, now))
  const wanted: { readonly key: ClientKey; readonly known: ClientKey | undefined }[] = []
  for (const [index, request] of declared.entries()) {
    const made = newClientKey(ports, request, now)
    if (!made.ok) return refuse({ reason: 'key_refused', index, cause: made.refusal })
    const isKnown = (known: ClientKey) => isDeclared(ports, known, made.value) && hasLifetime(known, request)
    wanted.push({ key: made.value, known: valid.find(isKnown) })
  }
  const kept = valid.filter((one) => wanted.some(({ known }) => known === one))
  let after: readonly Credential[] = []
  for (const [index, { key, known }] of wanted.entries()) {
    const added = withKey(after, known ?? key, now)
    if (!added.ok) return refuse({ reason: 'key_refused', index, cause: added.refusal })
    after = added.value
  }
  const ended = valid.filter((one) => !kept.includes(one))
  const added = after.filter(isKey).filter((one) => !kept.includes(one))
  if (ended.length + added.length === 0) return accept(NOTHING)
  const facts = (key: ClientKey) => keyFacts(ports.clientKeys, key)
  return accept({
    records: [
      ...ended.map(({ id }) => endedRecord(id, now)),
      ...added.map((key) => ({
        event: 'credential.added' as const,
        changes: [{ kind: 'add_key', key }] as const,
        remark: auditedKey(ports.clientKeys, key),
      })),
    ],
    before: { keys: valid.map(facts) },
    after: { keys: [...kept, ...added].map(facts) },
  })
}

/**
 * Returns true if the known key and the declared key are the same key with the same algorithm. If the entry names no
 * algorithm, `declared` has the default algorithm of its key type.
 */
const isDeclared = ({ clientKeys }: NewKeyPorts, known: ClientKey, declared: ClientKey): boolean =>
  known.kid === declared.kid &&
  known.alg === declared.alg &&
  known.jwk !== undefined &&
  declared.jwk !== undefined &&
  clientKeys.thumbprint(known.jwk) === clientKeys.thumbprint(declared.jwk)

/** Returns true if the known key has the declared lifetime, or if the entry declares no lifetime. */
const hasLifetime = (known: ClientKey, { maxLifetimeSeconds }: KeyRequest): boolean =>
  maxLifetimeSeconds === undefined || known.maxLifetimeSeconds === maxLifetimeSeconds
