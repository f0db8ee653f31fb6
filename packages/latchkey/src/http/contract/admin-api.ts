// The documents of the admin API as types for the CLI, the console and tests. They are derived from the route schemas.
import type { Static, TSchema } from 'typebox'
import type { AuditEventName as Named, RefusalEventName as Refusal } from '../../domain/audit-event.ts'
import type * as activity from '../admin/activity/activity-schemas.ts'
import type { ContentionView } from '../admin/activity/contention-view.ts'
import type { contentionEventView, issuanceEventView, refusalEventView } from '../admin/activity/live-event-view.ts'
import type * as audit from '../admin/audit/audit-routes.ts'
import type { AuditEventView } from '../admin/audit/audit-view.ts'
import type * as catalog from '../admin/catalog/catalog-schemas.ts'
import type { ForceQuery } from '../admin/catalog/scope-routes.ts'
import type * as credentials from '../admin/credentials/credential-schemas.ts'
import type { KeyBody } from '../admin/credentials/key-body.ts'
import type { KeySourceBody } from '../admin/credentials/key-source-body.ts'
import type { RuleBody } from '../admin/credentials/rule-body.ts'
import type { LastUseView } from '../admin/conventions/last-use.ts'
import type { PageQuery } from '../admin/conventions/paging.ts'
import type * as integrations from '../admin/integrations/integration-schemas.ts'
import type { ListQuery } from '../admin/integrations/integration-list.ts'
import type * as adminKeys from '../admin/keys/admin-key-routes.ts'
import type * as signingKeys from '../admin/keys/signing-key-routes.ts'
import type { ManifestBody, ManifestView } from '../admin/manifest/apply-schemas.ts'
import type * as operators from '../admin/operators/operator-routes.ts'
import type * as operatorViews from '../admin/operators/operator-view.ts'
import type * as sessions from '../admin/operators/session-schemas.ts'
import type * as setUp from '../admin/operators/set-up-link-routes.ts'
import type { ProblemDocument } from '../admin/problems/problem.ts'
import type * as secrets from '../admin/secrets/secret-schemas.ts'
import type { SettingView } from '../admin/server/configuration-route.ts'
import type { ServerView } from '../admin/server/server-facts-route.ts'
import type * as tokens from '../admin/tokens/token-schemas.ts'
import type { TrustTestBody, TrustTestView } from '../admin/trust/trust-test-route.ts'
import type * as issuers from '../admin/trust/trusted-issuer-schemas.ts'
import type * as refusals from '../public/refused.ts'
import type * as trials from '../admin/tokens/trial-token-routes.ts'

/** Makes every member read-only. Callers then cannot change a document in place, and may send frozen documents. */
type ReadOnly<T> = unknown extends T ? T : { readonly [Member in keyof T]: ReadOnly<T[Member]> }

type Wire<Schema extends TSchema> = ReadOnly<Static<Schema>>

// Lists

/** An answer with the complete list. */
export type List<Item> = Readonly<Record<'items' & keyof SlotPage, readonly Item[]>>
export type Page<Item> = Omit<SlotPage, 'items'> & List<Item>
export type PageRequest = Wire<typeof PageQuery>

/** The body of a refusal or a failure (RFC 9457). */
export type Problem = ReadOnly<ProblemDocument>

// The documents of integrations and secrets.

export type Integration = Wire<typeof integrations.IntegrationView>
export type IssueMode = Integration['issue_mode']
export type LastUse = NonNullable<Wire<typeof LastUseView>>
export type IntegrationPage = Wire<typeof integrations.IntegrationPageView>
export type IntegrationQuery = Wire<typeof ListQuery>
export type NewIntegration = Wire<typeof integrations.NewIntegrationBody>
export type IntegrationPatch = Wire<typeof integrations.IntegrationPatch>
/**
 * The answer to a creation. It has no `client_secret` if the secret was imported, or if the answer is a replay for an
 * idempotency key.
 */
export type CreatedIntegration = Wire<typeof integrations.CreatedIntegrationView>

/** A credential other than a secret: a public key, a `jwks_uri` or a trust rule. */
export type Credential = Wire<typeof credentials.CredentialView>
export type KeyCredential = Extract<Credential, { readonly kind: 'key' }>
export type KeySource = Extract<Credential, { readonly kind: 'jwks_uri' }>
export type TrustRule = Extract<Credential, { readonly kind: 'trust' }>
export type NewKey = Wire<typeof KeyBody>
export type NewKeySource = Wire<typeof KeySourceBody>
export type NewRule = Wire<typeof RuleBody>
export type CredentialEnd = NonNullable<Wire<typeof credentials.EndBody>>

export type IntegrationSecret = Wire<typeof secrets.SecretView>
export type SecretRotation = NonNullable<Wire<typeof secrets.RotationBody>>
/**
 * The answer to a rotation. It has no `client_secret` if the secret was imported, or if the answer is a replay for an
 * idempotency key.
 */
export type RotatedSecret = Wire<typeof secrets.RotatedView>
export type RevealedSecret = Wire<typeof secrets.RevealedView>

// The documents of trusted issuers.

export type TrustedIssuer = Wire<typeof issuers.IssuerView>
export type NewIssuer = Wire<typeof issuers.NewIssuerBody>
export type IssuerPatch = Wire<typeof issuers.IssuerPatch>
/** A page of the integrations whose trust rules name an issuer. */
export type IssuerUsePage = Wire<typeof issuers.IssuerUsePageView>
export type IssuerUse = IssuerUsePage['items'][number]
export type KeyState = Wire<typeof issuers.KeyStateView>
export type TrustTest = Wire<typeof TrustTestBody>
export type TrustVerdict = Wire<typeof TrustTestView>

// Tokens

export type Slot = Wire<typeof tokens.SlotView>
export type SlotPage = Wire<typeof tokens.SlotPageView>
export type LiveToken = NonNullable<Slot['live']>
export type SlotHistory = Wire<typeof tokens.HistoryView>
export type Issuance = SlotHistory['history'][number]
export type Requester = Issuance['requesters'][number]
export type RevokedTokens = Wire<typeof tokens.RevokedView>
export type TrialRequest = NonNullable<Wire<typeof trials.TrialBody>>
export type TrialToken = Wire<typeof trials.TrialView>
export type VerificationRequest = Wire<typeof trials.VerifyBody>
/** The answer of the verify endpoint to a token. */
export type Verification = Wire<typeof trials.VerifyView>

// Activity

export type Overview = Wire<typeof activity.OverviewView>
export type ServerInterval = Overview['minutes'][number]
export type Activity = Wire<typeof activity.IntegrationActivityView>
/** Latencies in milliseconds. */
export type Percentiles = NonNullable<ServerInterval['token_latency_ms']>
export type Interval = Activity['minutes'][number]
export type Counts = Activity['last_hour']
/** The members of `refused` and `denied` that this version counts. */
export type RefusalReason = refusals.RefusalReason
export type Contention = ReadOnly<ContentionView>

/** The data of the server-sent events, by the name of the event. */
export type LiveEvents = {
  readonly issuance: ReadOnly<ReturnType<typeof issuanceEventView>>
  readonly contention: ReadOnly<ReturnType<typeof contentionEventView>>
  readonly refusal: ReadOnly<ReturnType<typeof refusalEventView>>
  readonly change: AuditEvent
  /** The stream has lost events. The reader must load all data again. */
  readonly reset: Readonly<Record<string, never>>
}

// The documents of scopes and APIs.

export type Scope = Wire<typeof catalog.ScopeView>
export type NewScope = Wire<typeof catalog.NewScopeBody>
export type ScopePatch = Wire<typeof catalog.ScopePatch>
export type ChangedScope = Wire<typeof catalog.ChangedScopeView>
export type ScopeDeletionQuery = Wire<typeof ForceQuery>
export type Api = Wire<typeof catalog.ApiView>
export type NewApi = Wire<typeof catalog.NewApiBody>
export type ApiPatch = Wire<typeof catalog.ApiPatch>

// Keys

export type SigningKey = Wire<typeof signingKeys.KeyView>
export type RevokedSigningKey = Wire<typeof signingKeys.RevokedKeyView>
export type AdminKey = Wire<typeof adminKeys.AdminKeyView>
export type NewAdminKey = Wire<typeof adminKeys.NewAdminKeyBody>
export type CreatedAdminKey = Wire<typeof adminKeys.CreatedAdminKeyView>

// The documents of operators and sessions.

export type Role = Wire<typeof operatorViews.Role>
export type Operator = Wire<typeof operatorViews.OperatorView>
export type NewOperator = Wire<typeof operators.NewOperatorBody>
export type OperatorPatch = Wire<typeof operators.OperatorPatch>
export type SetUpLink = Wire<typeof operatorViews.LinkView>
export type LinkedOperator = Wire<typeof operators.WithLinkView>
export type SetUpLinkCheck = Wire<typeof setUp.LinkCheckBody>
export type SetUp = Wire<typeof setUp.SetUpView>
export type SetUpLinkFacts = Wire<typeof setUp.LinkFactsView>
export type SetUpRequest = Wire<typeof setUp.SetUpBody>
export type Credentials = Wire<typeof sessions.Credentials>
export type SignedIn = Wire<typeof sessions.SignedInView>
/** Who sent the request: an operator with a session, or an admin key. */
export type Session = Wire<typeof sessions.WhoView>
export type OperatorSession = Wire<typeof sessions.SessionView>

// The documents of the audit trail.

export type AuditEvent = Wire<typeof AuditEventView>
/** The values of `event` that this version writes. */
export type AuditEventName = Named
/** The events that `kind=refusals` finds. */
export type RefusalEventName = Refusal
export type AuditPage = Wire<typeof audit.AuditPageView>
export type AuditQuery = Wire<typeof audit.AuditQuery>
export type AuditExportQuery = Wire<typeof audit.ExportQuery>
export type AuditVerificationQuery = Wire<typeof audit.VerificationQuery>
export type AuditReport = Wire<typeof audit.ReportView>

// The documents about the server.

export type ServerFacts = Wire<typeof ServerView>
export type Setting = Wire<typeof SettingView>
export type Manifest = Wire<typeof ManifestBody>
export type ManifestOutcome = Wire<typeof ManifestView>
