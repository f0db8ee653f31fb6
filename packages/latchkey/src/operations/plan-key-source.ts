// Plans the changes that make the `jwks_uri` of an integration equal to the entry of a manifest.
import { accept, refuse, type Result } from '@latchkey/protocol'
import { type ClientKeySource, isCredentialValid, isKeySource } from '../domain/credential.ts'
import type { Integration } from '../domain/integration.ts'
import { type CredentialPlan, endedRecord, NOTHING } from './credential-plan.ts'
import type { CreateIntegrationPorts, KeySourcesRefusal } from './create-integration.ts'
import { auditedKeySource, keySourceFacts, type KeySourceRequest, newKeySource } from './new-key-source.ts'

/** @param declared undefined: the integration gets no `jwks_uri` */
export function planKeySource(
  ports: CreateIntegrationPorts,
  declared: KeySourceRequest | undefined,
  { credentials }: Integration,
): Result<CredentialPlan, KeySourcesRefusal> {
  const now = ports.clock.now()
  const known = credentials.filter(isKeySource).find((source) => isCredentialValid(source, now))
  const made = declared && newKeySource(ports, declared, now)
  if (made?.ok === false) return refuse({ reason: 'key_source_refused', index: 0, cause: made.refusal })
  const wanted = made?.value
  const isSame = known?.uri === wanted?.uri && (declared === undefined || isAsDeclared(known, declared))
  if (isSame) return accept(NOTHING)
  return accept({
    records: [
      ...(known === undefined ? [] : [endedRecord(known.id, now)]),
      ...(wanted === undefined
        ? []
        : [
            {
              event: 'credential.added' as const,
              changes: [{ kind: 'add_key_source', source: wanted }] as const,
              remark: auditedKeySource(wanted),
            },
          ]),
    ],
    before: { jwks_uri: known === undefined ? null : keySourceFacts(known) },
    after: { jwks_uri: wanted === undefined ? null : keySourceFacts(wanted) },
  })
}

/** A member that the entry omits keeps its value. */
const isAsDeclared = (
  known: ClientKeySource | undefined,
  { algorithms, maxLifetimeSeconds }: KeySourceRequest,
): boolean =>
  (algorithms === undefined ||
    JSON.stringify(algorithms.toSorted()) === JSON.stringify(known?.algorithms.toSorted())) &&
  (maxLifetimeSeconds === undefined || maxLifetimeSeconds === known?.maxLifetimeSeconds)
