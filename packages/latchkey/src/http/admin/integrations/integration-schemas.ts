// The documents of integrations in the admin API.
import { Type } from 'typebox'
import { ATTENTION_KINDS, type AttentionReason, attentionReasons } from '../../../domain/attention.ts'
import { formatAddressRange } from '../../../domain/address-ranges.ts'
import { MOST_TAGS } from '../../../domain/integration-profile.ts'
import { isSecretValid } from '../../../domain/client-secret.ts'
import { isCredentialValid } from '../../../domain/credential.ts'
import { grantedScopes, type Integration } from '../../../domain/integration.ts'
import type { EpochSeconds } from '../../../domain/slot.ts'
import { DEFAULT_RENEW_BEFORE_SECONDS, type IssueMode, MAX_GRACE_SECONDS } from '../../../domain/issue-mode.ts'
import type { CreatedIntegration } from '../../../operations/create-integration.ts'
import type { ActivityReports, HourlyCounts } from '../../../ports/activity-reports.ts'
import type { Clock } from '../../../ports/clock.ts'
import type { IntegrationSummary } from '../../../ports/integrations.ts'
import { closed } from '../conventions/bodies.ts'
import { LastUseView, lastUseView } from '../conventions/last-use.ts'
import { pageOf } from '../conventions/paging.ts'
import { NewCredentials } from './new-credentials.ts'
import { Time, timeView } from '../conventions/times.ts'

export const INTEGRATIONS = '/admin/v1/integrations'

export const IntegrationParameters = Type.Object({
  id: Type.String({ maxLength: 64, description: 'The id (int_…) or the client ID (lk…)' }),
})
const scopeList = { maxItems: 100, uniqueItems: true } as const
const ScopeName = Type.String({ minLength: 1, maxLength: 128 })

const IssueModeBody = Type.Object(
  {
    kind: Type.Enum(['replace', 'stable'], {
      description: 'replace: each request supersedes the live token. stable: requests get the live token again',
    }),
    renew_before_seconds: Type.Optional(Type.Integer({ minimum: 0, maximum: 86_400 })),
  },
  closed,
)

/** The members that a creation and an update share. */
const settings = {
  description: Type.Optional(Type.String({ maxLength: 500 })),
  tags: Type.Optional(
    Type.Array(Type.String({ minLength: 1, maxLength: 40 }), { maxItems: MOST_TAGS, uniqueItems: true }),
  ),
  resource_server_for: Type.Optional(
    Type.Array(ScopeName, {
      ...scopeList,
      description: 'The scopes for which the integration may introspect tokens of other integrations',
    }),
  ),
  issue_mode: Type.Optional(IssueModeBody),
  grace_seconds: Type.Optional(Type.Integer({ minimum: 0, maximum: MAX_GRACE_SECONDS })),
  conditional: Type.Optional(
    Type.Boolean({
      description:
        'Whether a token request may name the token that it replaces, with latchkey_replaces. false: the server ignores that parameter. The default is true',
    }),
  ),
  allowed_addresses: Type.Optional(
    Type.Array(Type.String({ minLength: 1, maxLength: 64 }), {
      maxItems: 50,
      uniqueItems: true,
      description: 'The IP addresses and CIDR ranges from which the client may send requests. Empty: all addresses',
    }),
  ),
}

export const Name = Type.String({ minLength: 1, maxLength: 120 })

export const ImportedSecret = Type.String({
  maxLength: 71,
  description: 'sha256: and the SHA-256 of your own secret, in 64 hexadecimal digits',
})

export const NewIntegrationBody = Type.Object(
  {
    name: Name,
    ...settings,
    scopes: Type.Array(ScopeName, { ...scopeList, minItems: 1 }),
    resource_server: Type.Optional(
      Type.Boolean({ description: 'Shorthand for a resource_server_for that equals scopes' }),
    ),
    secret_expires_at: Type.Optional(Time),
    imported_secret: Type.Optional(ImportedSecret),
    credentials: Type.Optional(NewCredentials),
    client_secret: Type.Optional(Type.Enum(['generated'])),
  },
  closed,
)

export const IntegrationPatch = Type.Object(
  { name: Type.Optional(Name), ...settings, scopes: Type.Optional(Type.Array(ScopeName, scopeList)) },
  { ...closed, minProperties: 1 },
)

const AttentionView = Type.Array(
  Type.Object({
    kind: Type.Enum([...ATTENTION_KINDS]),
    at: Type.Union([Time, Type.Null()], {
      description:
        'For secret_ends, the time at which the last secret ends or ended. For rotating, the time at which the older secret ends, or null if it has no end. For unused, the time of the last use, or of the creation. For the other kinds, null',
    }),
  }),
  {
    description:
      'The reasons why an operator should look at the integration. contended: callers end each other’s tokens. secret_ends: within 14 days the integration has no valid secret, and it has no other valid credential now. refusals_rising: this hour or the previous one has at least 10 refusals, and at least twice the mean of the earlier hours. rotating: two secrets are valid. unused: the integration was not used for 90 days. A disabled integration has no reasons. Only the replica that counted the requests reports contended and refusals_rising',
  },
)

const counts = (description: string) => Type.Array(Type.Integer(), { description })

const HourlyView = Type.Object(
  {
    since: Type.Unsafe<string>({
      ...Time,
      description:
        'The start of the measurement. The hour that contains this time is incomplete, and earlier hours have no data',
    }),
    from: Type.Unsafe<string>({ ...Time, description: 'The beginning of the first hour in the lists' }),
    issued: counts('Tokens made'),
    refused: counts('Requests that the token, introspection and revocation endpoints refused'),
    denied: counts('Tokens that the verify endpoint refused'),
  },
  { description: 'The last 24 hours, the oldest first. The lists have equal length. Their last entry is this hour' },
)

export const IntegrationView = Type.Object({
  id: Type.String(),
  name: Type.String(),
  description: Type.String(),
  tags: Type.Array(Type.String()),
  client_id: Type.String(),
  scopes: Type.Array(Type.String()),
  status: Type.Enum(['active', 'disabled']),
  issue_mode: Type.Object({
    kind: Type.Enum(['replace', 'stable']),
    renew_before_seconds: Type.Optional(Type.Integer()),
  }),
  grace_seconds: Type.Integer(),
  conditional: Type.Boolean(),
  resource_server_for: Type.Array(Type.String()),
  allowed_addresses: Type.Array(Type.String()),
  authentication_methods: Type.Array(Type.Enum(['client_secret_basic', 'client_secret_post', 'private_key_jwt']), {
    description: 'The methods by which the client can authenticate now. They follow from the valid credentials',
  }),
  version: Type.Integer({ description: 'Grows at every change. The ETag contains it' }),
  created_at: Time,
  updated_at: Time,
  last_used: LastUseView,
  hourly: HourlyView,
  attention: AttentionView,
})

/** The answer to a creation. It has no secret if the secret was imported or the answer is a replay. */
export const CreatedIntegrationView = Type.Object({
  ...IntegrationView.properties,
  client_secret: Type.Optional(Type.String()),
})

export const IntegrationPageView = Type.Object({
  ...pageOf(IntegrationView),
  counts: Type.Object(
    { all: Type.Integer(), active: Type.Integer(), disabled: Type.Integer() },
    { description: 'The number of integrations that match the other parameters. The parameter status is ignored' },
  ),
  attention_counts: Type.Object(
    {
      any: Type.Integer(),
      contended: Type.Integer(),
      secret_ends: Type.Integer(),
      refusals_rising: Type.Integer(),
      rotating: Type.Integer(),
      unused: Type.Integer(),
    },
    {
      description: 'The number of integrations that match the parameters search and scope and need attention',
    },
  ),
  measured_since: Type.Unsafe<string>({
    ...Time,
    description: 'The time at which the replica that answers began to measure contended and refusals_rising',
  }),
})

export type IntegrationView = Type.Static<typeof IntegrationView>
/** Supplies the members of the document that the record of an integration does not contain. */
export interface IntegrationViewPorts {
  readonly reports: Pick<ActivityReports, 'hours' | 'troubled'>
  readonly clock: Clock
}
type CreatedIntegrationView = Type.Static<typeof CreatedIntegrationView>

/** Makes the document of an integration. The counts and the contention come from `reports`. */
export function integrationView(
  summary: IntegrationSummary,
  { reports, clock }: IntegrationViewPorts,
): IntegrationView {
  const { id, name, description, tags, state, createdAt, updatedAt, lastUse } = summary
  const { integration } = state
  const { clientId } = integration
  const { contended, refusalsRising } = reports.troubled()
  const trouble = { isContended: contended.has(clientId), areRefusalsRising: refusalsRising.has(clientId) }
  const reasons = attentionReasons(integration, { trouble, lastUsedAt: lastUse?.at ?? createdAt }, clock.now())
  return {
    id,
    name,
    description,
    tags: [...tags],
    client_id: clientId,
    scopes: [...grantedScopes(state)],
    status: integration.enabled ? 'active' : 'disabled',
    issue_mode: modeView(integration.mode),
    grace_seconds: integration.graceSeconds,
    conditional: integration.conditional,
    resource_server_for: [...integration.resourceServerFor],
    allowed_addresses: integration.allowedAddresses.map(formatAddressRange),
    authentication_methods: authenticationMethods(integration, clock.now()),
    version: integration.version,
    created_at: timeView(createdAt),
    updated_at: timeView(updatedAt),
    last_used: lastUseView(lastUse),
    hourly: hourlyView(reports.hours(clientId)),
    attention: reasons.map(attentionView),
  }
}

function authenticationMethods(
  { secrets, credentials }: Integration,
  now: EpochSeconds,
): IntegrationView['authentication_methods'] {
  return [
    ...(secrets.some((secret) => isSecretValid(secret, now))
      ? (['client_secret_basic', 'client_secret_post'] as const)
      : []),
    ...(credentials.some((credential) => isCredentialValid(credential, now)) ? (['private_key_jwt'] as const) : []),
  ]
}

const attentionView = ({ kind, at }: AttentionReason): IntegrationView['attention'][number] => ({
  kind,
  at: at === undefined ? null : timeView(at),
})

const hourlyView = ({ since, from, issued, refused, denied }: HourlyCounts): IntegrationView['hourly'] => ({
  since: timeView(since),
  from: timeView(from),
  issued: [...issued],
  refused: [...refused],
  denied: [...denied],
})

export const createdIntegrationView = (
  { integration, clientSecret }: CreatedIntegration,
  ports: IntegrationViewPorts,
): CreatedIntegrationView => ({
  ...integrationView(integration, ports),
  ...(clientSecret !== undefined && { client_secret: clientSecret.reveal() }),
})

/**
 * Returns the issue mode of a request. Undefined if the request has no mode. `unusable` if it sets
 * `renew_before_seconds` for the mode `replace`, in which the server never renews a token.
 */
export function requestedMode(
  requested: Type.Static<typeof IssueModeBody> | undefined,
): IssueMode | 'unusable' | undefined {
  if (requested === undefined) return undefined
  if (requested.kind === 'stable') {
    return { kind: 'stable', renewBeforeSeconds: requested.renew_before_seconds ?? DEFAULT_RENEW_BEFORE_SECONDS }
  }
  return requested.renew_before_seconds === undefined ? { kind: 'replace' } : 'unusable'
}

const modeView = (mode: IssueMode): IntegrationView['issue_mode'] =>
  mode.kind === 'replace' ? { kind: 'replace' } : { kind: 'stable', renew_before_seconds: mode.renewBeforeSeconds }
