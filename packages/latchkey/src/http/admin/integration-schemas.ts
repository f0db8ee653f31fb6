// The shapes of integrations on the wire, and how an integration is shown.
import { Type } from 'typebox'
import { grantedScopes } from '../../domain/integration.ts'
import { DEFAULT_RENEW_BEFORE_SECONDS, type IssueMode, MAX_GRACE_SECONDS } from '../../domain/issue-mode.ts'
import type { CreatedIntegration } from '../../operations/create-integration.ts'
import type { IntegrationSummary } from '../../ports/integrations.ts'

const closed = { additionalProperties: false } as const
const scopeList = { maxItems: 100, uniqueItems: true } as const

export const NewIntegrationBody = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 120 }),
    description: Type.Optional(Type.String({ maxLength: 500 })),
    scopes: Type.Array(Type.String({ minLength: 1, maxLength: 128 }), { ...scopeList, minItems: 1 }),
    resource_server: Type.Optional(Type.Boolean()),
    issue_mode: Type.Optional(
      Type.Object(
        {
          kind: Type.Enum(['replace', 'stable']),
          renew_before_seconds: Type.Optional(Type.Integer({ minimum: 0, maximum: 86_400 })),
        },
        closed,
      ),
    ),
    grace_seconds: Type.Optional(Type.Integer({ minimum: 0, maximum: MAX_GRACE_SECONDS })),
  },
  closed,
)

export const IntegrationView = Type.Object({
  id: Type.String(),
  name: Type.String(),
  description: Type.String(),
  client_id: Type.String(),
  scopes: Type.Array(Type.String()),
  status: Type.Enum(['active', 'disabled']),
  issue_mode: Type.Object({
    kind: Type.Enum(['replace', 'stable']),
    renew_before_seconds: Type.Optional(Type.Integer()),
  }),
  grace_seconds: Type.Integer(),
  resource_server_for: Type.Array(Type.String()),
  created_at: Type.String(),
})

/** The one answer that holds a secret: that to its creation. */
export const CreatedIntegrationView = Type.Object({ ...IntegrationView.properties, client_secret: Type.String() })

export const IntegrationPageView = Type.Object({
  items: Type.Array(IntegrationView),
  next_cursor: Type.Union([Type.String(), Type.Null()]),
})

export type IntegrationView = Type.Static<typeof IntegrationView>
export type CreatedIntegrationView = Type.Static<typeof CreatedIntegrationView>

export function integrationView({ state, ...profile }: IntegrationSummary): IntegrationView {
  const { integration } = state
  return {
    id: profile.id,
    name: profile.name,
    description: profile.description,
    client_id: integration.clientId,
    scopes: [...grantedScopes(state)],
    status: integration.enabled ? 'active' : 'disabled',
    issue_mode: modeView(integration.mode),
    grace_seconds: integration.graceSeconds,
    resource_server_for: [...integration.resourceServerFor],
    created_at: timeView(profile.createdAt),
  }
}

export const createdIntegrationView = (created: CreatedIntegration): CreatedIntegrationView => ({
  id: created.profile.id,
  name: created.profile.name,
  description: created.profile.description,
  client_id: created.clientId,
  client_secret: created.clientSecret.reveal(),
  scopes: [...created.scopes],
  status: 'active',
  issue_mode: modeView(created.mode),
  grace_seconds: created.graceSeconds,
  resource_server_for: [...created.resourceServerFor],
  created_at: timeView(created.profile.createdAt),
})

/** Undefined when the request says when to renew a token that is never handed out again. */
export function askedMode(asked: Type.Static<typeof NewIntegrationBody>['issue_mode']): IssueMode | undefined {
  if (asked?.kind === 'stable') {
    return { kind: 'stable', renewBeforeSeconds: asked.renew_before_seconds ?? DEFAULT_RENEW_BEFORE_SECONDS }
  }
  return asked?.renew_before_seconds === undefined ? { kind: 'replace' } : undefined
}

const modeView = (mode: IssueMode): IntegrationView['issue_mode'] =>
  mode.kind === 'replace' ? { kind: 'replace' } : { kind: 'stable', renew_before_seconds: mode.renewBeforeSeconds }

/** RFC 3339, UTC, whole seconds. */
const timeView = (seconds: number): string => new Date(seconds * 1000).toISOString().replace('.000Z', 'Z')
