// The documents of a manifest and of the result of applying it, in the admin API.
import { Type } from 'typebox'
import { MOST_DECLARED } from '../../../operations/apply-manifest.ts'
import type { Step } from '../../../operations/manifest.ts'
import { MAX_VALID_KEYS, MAX_VALID_RULES } from '../../../domain/credential.ts'
import { MAX_TRUSTED_ISSUERS, PLATFORMS } from '../../../domain/trusted-issuer.ts'
import { NewIssuerBody } from '../trust/trusted-issuer-schemas.ts'
import { closed } from '../conventions/bodies.ts'
import { DeclaredKey } from '../credentials/key-body.ts'
import { DeclaredKeySource } from '../credentials/key-source-body.ts'
import { DeclaredRule } from '../credentials/rule-body.ts'
import { IntegrationPatch, Name } from '../integrations/integration-schemas.ts'

const ScopeName = Type.String({ minLength: 1, maxLength: 128 })
const Description = Type.Optional(Type.String({ maxLength: 500 }))
const atMost = { maxItems: MOST_DECLARED } as const

const DeclaredScope = Type.Object(
  {
    name: ScopeName,
    description: Description,
    audience: Type.Optional(Type.Union([Type.String({ minLength: 1, maxLength: 255 }), Type.Null()])),
  },
  closed,
)

const DeclaredApi = Type.Object(
  {
    name: Name,
    scope: ScopeName,
    description: Description,
    routes: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 255 }), { maxItems: 50, uniqueItems: true }),
    ),
  },
  closed,
)

const DeclaredIntegration = Type.Object(
  {
    ...IntegrationPatch.properties,
    name: Name,
    client_id: Type.Optional(
      Type.String({
        maxLength: 64,
        description: 'The client ID. If it is missing, the name identifies the integration',
      }),
    ),
    status: Type.Optional(Type.Enum(['active', 'disabled'])),
    secret: Type.Optional(
      Type.String({
        maxLength: 71,
        description:
          'sha256: and the SHA-256 of a secret that the integration must have. none: all secrets end, and a new integration gets none. generated: a new integration gets a secret even if it has keys or rules, and an existing integration keeps its secrets',
      }),
    ),
    keys: Type.Optional(
      Type.Array(DeclaredKey, {
        maxItems: MAX_VALID_KEYS,
        description:
          'All public keys of the integration. A key that is not in the list ends. A new integration with keys gets no secret',
      }),
    ),
    jwks_uri: Type.Optional(
      Type.Union([DeclaredKeySource, Type.Null()], {
        description:
          'Where the server fetches the public keys of the integration, which then has no keys of its own. Needs the role owner. null: the present jwks_uri ends',
      }),
    ),
    trust: Type.Optional(
      Type.Array(DeclaredRule, {
        maxItems: MAX_VALID_RULES,
        description:
          'All trust rules of the integration. A rule that is not in the list ends. A new integration with rules gets no secret',
      }),
    ),
  },
  closed,
)

export const ManifestBody = Type.Object(
  {
    dry_run: Type.Optional(
      Type.Boolean({ description: 'True: the server only reports the steps, and changes nothing' }),
    ),
    issuers: Type.Optional(
      Type.Array(NewIssuerBody, {
        maxItems: MAX_TRUSTED_ISSUERS,
        description: 'All trusted issuers. Needs the role owner. An issuer that is not in the list is deleted',
      }),
    ),
    scopes: Type.Optional(Type.Array(DeclaredScope, atMost)),
    apis: Type.Optional(Type.Array(DeclaredApi, atMost)),
    integrations: Type.Optional(Type.Array(DeclaredIntegration, atMost)),
    pending_scopes: Type.Optional(
      Type.Array(ScopeName, {
        maxItems: 1000,
        description: 'Only with dry_run: scopes that an earlier chunk of the same file would create',
      }),
    ),
    pending_issuers: Type.Optional(
      Type.Array(Type.Object({ name: Type.String({ maxLength: 64 }), platform: Type.Enum([...PLATFORMS]) }, closed), {
        maxItems: MAX_TRUSTED_ISSUERS,
        description: 'Only with dry_run: trusted issuers that an earlier chunk of the same file would create',
      }),
    ),
  },
  closed,
)

export type DeclaredIntegration = Type.Static<typeof DeclaredIntegration>

const Members = Type.Unsafe<Record<string, unknown>>({ type: 'object', additionalProperties: true })

export const ManifestView = Type.Object({
  items: Type.Array(
    Type.Object({
      kind: Type.Enum(['issuer', 'scope', 'api', 'integration']),
      name: Type.String(),
      client_id: Type.Optional(Type.String()),
      action: Type.Enum(['create', 'update', 'keep', 'delete']),
      before: Members,
      after: Members,
    }),
    {
      description:
        'The steps: first the deleted issuers, then the entries of the request. The entries keep their order, with issuers first, then scopes, APIs and integrations',
    },
  ),
})

const KINDS = { issuers: 'issuer', scopes: 'scope', apis: 'api', integrations: 'integration' } as const

export const stepView = ({ place, target, clientId, action, before, after }: Step) => ({
  kind: KINDS[place.list],
  name: target.name,
  // The client ID is undefined in a dry run for an integration that would be created, because a dry run makes no client
  // ID.
  ...(clientId !== undefined && { client_id: clientId }),
  action,
  before: { ...before },
  after: { ...after },
})
