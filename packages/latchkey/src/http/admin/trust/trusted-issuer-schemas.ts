// The documents of trusted issuers in the admin API.
import { PLATFORM_ALGORITHMS } from '@latchkey/protocol'
import { Type } from 'typebox'
import {
  type IssuerSettings,
  MAX_INLINE_KEYS,
  MAX_STALE_SECONDS,
  MAX_TLS_CA_LENGTH,
  PLATFORMS,
  type TrustedIssuer,
  USUAL_ISSUER_ALGORITHMS,
  USUAL_STALE_SECONDS,
} from '../../../domain/trusted-issuer.ts'
import type { IssuerUse } from '../../../domain/issuer-use.ts'
import type { IssuerUsesPage } from '../../../operations/list-issuer-uses.ts'
import type { KeySourceState } from '../../../ports/key-source.ts'
import { closed } from '../conventions/bodies.ts'
import { pageOf } from '../conventions/paging.ts'
import { Time, timeOrNull, TimeOrNull, timeView } from '../conventions/times.ts'

const Keys = Type.Union(
  [
    Type.Object({ source: Type.Enum(['discovery']) }, closed),
    Type.Object({ source: Type.Enum(['jwks_uri']), uri: Type.String({ maxLength: 2048 }) }, closed),
    Type.Object(
      {
        source: Type.Enum(['inline']),
        keys: Type.Array(Type.Record(Type.String({ maxLength: 64 }), Type.Unknown()), {
          minItems: 1,
          maxItems: MAX_INLINE_KEYS,
        }),
      },
      closed,
    ),
  ],
  {
    description:
      'Where the public keys come from: the OpenID Connect discovery document of the issuer, a jwks_uri, or JWKs (RFC 7517) in this document',
  },
)

const settings = {
  audience: Type.Optional(
    Type.Union([Type.String({ minLength: 1, maxLength: 2048 }), Type.Null()], {
      description: 'The aud of the assertions. null: the issuer of this server',
    }),
  ),
  algorithms: Type.Optional(
    Type.Array(Type.Enum([...PLATFORM_ALGORITHMS]), {
      minItems: 1,
      uniqueItems: true,
      description: `The algorithms with which the issuer may sign. Default: ${USUAL_ISSUER_ALGORITHMS.join(', ')}`,
    }),
  ),
  tls_ca: Type.Optional(
    Type.Union([Type.String({ minLength: 1, maxLength: MAX_TLS_CA_LENGTH }), Type.Null()], {
      description:
        'The certificate authorities for the HTTPS server of the issuer, in PEM. null: the authorities of the system',
    }),
  ),
  stale_seconds: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: MAX_STALE_SECONDS,
      description: `How many seconds the keys stay in use if the server cannot fetch them again. Default: ${String(USUAL_STALE_SECONDS)}`,
    }),
  ),
  enabled: Type.Optional(
    Type.Boolean({ description: 'Assertions of a disabled issuer authenticate no client. Default: true' }),
  ),
}

const Name = Type.String({ pattern: '^[a-z0-9-]{1,40}$', description: '1 to 40 characters of a-z, 0-9 and -' })
const Url = Type.String({
  maxLength: 2048,
  description: 'The exact iss of the assertions, or spiffe:// and a trust domain',
})

export const NewIssuerBody = Type.Object(
  { name: Name, url: Url, platform: Type.Enum([...PLATFORMS]), keys: Type.Optional(Keys), ...settings },
  closed,
)

export const IssuerPatch = Type.Object(
  { name: Type.Optional(Name), keys: Type.Optional(Keys), ...settings },
  { ...closed, minProperties: 1 },
)

export const KeyStateView = Type.Object({
  fetched_at: TimeOrNull,
  fresh_until: TimeOrNull,
  last_error: Type.Union([Type.String(), Type.Null()]),
  kids: Type.Array(Type.String()),
})

export const IssuerView = Type.Object({
  id: Type.String(),
  name: Type.String(),
  url: Type.String(),
  platform: Type.Enum([...PLATFORMS]),
  keys: Keys,
  audience: Type.Union([Type.String(), Type.Null()]),
  algorithms: Type.Array(Type.String()),
  tls_ca: Type.Union([Type.String(), Type.Null()]),
  stale_seconds: Type.Integer(),
  enabled: Type.Boolean(),
  version: Type.Integer(),
  created_at: Time,
  updated_at: Time,
  key_state: Type.Object(KeyStateView.properties, { description: 'The keys in the memory of this server' }),
  used_by: Type.Object(
    { integrations: Type.Integer(), trust_rules: Type.Integer() },
    { description: 'The trust rules that name the issuer and have not ended, and the integrations that have them' },
  ),
})

export const IssuerListView = Type.Object({ items: Type.Array(IssuerView) })

const IssuerUseView = Type.Object({
  integration_id: Type.String(),
  client_id: Type.String(),
  name: Type.String(),
  status: Type.Enum(['active', 'disabled']),
  trust_rules: Type.Integer({
    description: 'The number of trust rules of the integration that name the issuer and have not ended',
  }),
})

export const IssuerUsePageView = Type.Object(pageOf(IssuerUseView))

export const IssuerParameters = Type.Object({
  id: Type.String({ maxLength: 64, description: 'The id (iss_…) or the name of the issuer' }),
})

export const newSettings = ({
  name,
  url,
  platform,
  keys = { source: 'discovery' },
  audience,
  algorithms = [...USUAL_ISSUER_ALGORITHMS],
  tls_ca: tlsCa,
  stale_seconds: staleSeconds = USUAL_STALE_SECONDS,
  enabled = true,
}: Type.Static<typeof NewIssuerBody>): IssuerSettings => ({
  ...{ name, url, platform, keys, algorithms, staleSeconds, enabled },
  audience: audience ?? undefined,
  tlsCa: tlsCa ?? undefined,
})

export const changedSettings = ({
  name,
  keys,
  audience,
  algorithms,
  tls_ca: tlsCa,
  stale_seconds: staleSeconds,
  enabled,
}: Type.Static<typeof IssuerPatch>): Partial<IssuerSettings> => ({
  ...(name !== undefined && { name }),
  ...(keys !== undefined && { keys }),
  ...(audience !== undefined && { audience: audience ?? undefined }),
  ...(algorithms !== undefined && { algorithms }),
  ...(tlsCa !== undefined && { tlsCa: tlsCa ?? undefined }),
  ...(staleSeconds !== undefined && { staleSeconds }),
  ...(enabled !== undefined && { enabled }),
})

export const issuerView = (
  issuer: TrustedIssuer,
  { keys, uses }: { readonly keys: KeySourceState; readonly uses: readonly IssuerUse[] },
): Type.Static<typeof IssuerView> => ({
  ...{ id: issuer.id, name: issuer.name, url: issuer.url, platform: issuer.platform },
  keys:
    issuer.keys.source === 'inline'
      ? { source: 'inline', keys: issuer.keys.keys.map((jwk) => ({ ...jwk })) }
      : issuer.keys,
  audience: issuer.audience ?? null,
  algorithms: [...issuer.algorithms],
  tls_ca: issuer.tlsCa ?? null,
  stale_seconds: issuer.staleSeconds,
  enabled: issuer.enabled,
  version: issuer.version,
  created_at: timeView(issuer.createdAt),
  updated_at: timeView(issuer.updatedAt),
  key_state: keyStateView(keys),
  used_by: { integrations: uses.length, trust_rules: uses.reduce((sum, { rules }) => sum + rules, 0) },
})

export const issuerUseView = ({
  summary: { id, name, state },
  rules,
}: IssuerUsesPage['items'][number]): Type.Static<typeof IssuerUseView> => ({
  integration_id: id,
  client_id: state.integration.clientId,
  name,
  status: state.integration.enabled ? 'active' : 'disabled',
  trust_rules: rules,
})

export const keyStateView = ({ fetchedAt, freshUntil, lastError, kids }: KeySourceState) => ({
  fetched_at: timeOrNull(fetchedAt),
  fresh_until: timeOrNull(freshUntil),
  last_error: lastError ?? null,
  kids: [...kids],
})
