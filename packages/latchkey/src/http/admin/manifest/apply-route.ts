// POST /admin/v1/apply: applies one chunk of a manifest completely in one commit, or not at all.
import { setTimeout as pause } from 'node:timers/promises'
import {
  applyManifest,
  type ApplyRefusal,
  type ApplyManifestPorts,
  MOST_DECLARED,
} from '../../../operations/apply-manifest.ts'
import type { DeclaredIntegration as Declared, DeclaredIssuer } from '../../../operations/manifest.ts'
import type { IntegrationPlanRefusal } from '../../../operations/plan-integration.ts'
import { actorOf } from '../access/actor.ts'
import type { AdminServer } from '../admin-server.ts'
import { apiProblem, scopeProblem } from '../catalog/catalog-problems.ts'
import { keyRequest } from '../credentials/key-body.ts'
import { keyProblem } from '../credentials/key-problem.ts'
import { keySourceRequest } from '../credentials/key-source-body.ts'
import { unlessOwner } from '../credentials/owner-of-key-source.ts'
import { keySourceProblem } from '../credentials/key-source-problem.ts'
import { declaredRule } from '../credentials/rule-body.ts'
import { ruleProblem } from '../credentials/rule-problem.ts'
import type { IssuerPlanRefusal } from '../../../operations/plan-issuers.ts'
import { mayAct, type AdminRole } from '../../../domain/admin-role.ts'
import { admittedAs, roleOf } from '../access/admitted.ts'
import { trustedIssuerProblem } from '../trust/trusted-issuer-problems.ts'
import { changedSettings, type NewIssuerBody, newSettings } from '../trust/trusted-issuer-schemas.ts'
import type { Static } from 'typebox'
import { integrationProblem, RENEWAL_WITHOUT_STABLE } from '../integrations/integration-problems.ts'
import { requestedMode } from '../integrations/integration-schemas.ts'
import { invalidRequest, type Problem, sendProblem, unusableMember } from '../problems/problem.ts'
import { type DeclaredIntegration, ManifestBody, ManifestView, stepView } from './apply-schemas.ts'

/** The limit of a body in bytes: enough for a hundred integrations with every member. */
const BODY_LIMIT = 1024 * 1024
/** The largest number of entries in each list of a chunk. */
const MOST_PENDING_SCOPES = 1000
const LONGEST_PAUSE_MILLISECONDS = 100

export function addApplyRoute(app: AdminServer, ports: ApplyManifestPorts): void {
  app.post(
    '/admin/v1/apply',
    {
      bodyLimit: BODY_LIMIT,
      // Runs before the validation, because listing the errors of a hundred thousand entries would delay all other
      // requests.
      preValidation: async ({ body }, reply) => (hasTooManyEntries(body) ? sendProblem(reply, TOO_MANY) : undefined),
      schema: {
        summary: 'Brings trusted issuers, scopes, APIs and integrations to the declared state. Deletes only issuers',
        description: `At most ${String(MOST_DECLARED)} entries. The server applies all of them in one commit, or none.`,
        tags: ['Setup'],
        body: ManifestBody,
        response: { 200: ManifestView },
        problems: [
          'unknown_scope',
          'issuer_exists',
          'issuer_in_use',
          'limit_reached',
          'changed_meanwhile',
          'two_secrets_valid',
          'private_key_sent',
          'kid_taken',
          'too_many_keys',
          'jwks_uri_beside_keys',
          'too_many_rules',
        ],
      },
    },
    async (request, reply) => {
      const { dry_run, issuers, scopes = [], apis = [], integrations = [] } = request.body
      const { pending_scopes = [], pending_issuers = [] } = request.body
      const admitted = admittedAs(request)
      if (issuers !== undefined && !mayAct(roleOf(admitted), 'owner')) {
        return sendProblem(reply, ISSUERS_NEED_OWNER(roleOf(admitted)))
      }
      const sourceAt = integrations.findIndex(({ jwks_uri: source }) => source !== undefined && source !== null)
      const forbidden = sourceAt < 0 ? undefined : unlessOwner(request, `/integrations/${String(sourceAt)}/jwks_uri`)
      if (forbidden !== undefined) return sendProblem(reply, forbidden)
      if ((issuers ?? []).length + scopes.length + apis.length + integrations.length > MOST_DECLARED)
        return sendProblem(reply, TOO_MANY)
      const declared = integrations.map(declaredIntegration)
      const unusable = declared.indexOf('mode_unusable')
      if (unusable >= 0) return sendProblem(reply, under(`/integrations/${String(unusable)}`, RENEWAL_WITHOUT_STABLE))
      const began = performance.now()
      const manifest = {
        issuers: issuers?.map(declaredIssuer),
        scopes,
        apis,
        integrations: declared.filter((one) => one !== 'mode_unusable'),
        pendingScopes: dry_run === true ? pending_scopes : [],
        pendingIssuers: dry_run === true ? pending_issuers : [],
      }
      const mode = dry_run === true ? 'plan' : 'apply'
      const applied = await applyManifest(ports, actorOf(request), { declared: manifest, mode })
      // A caller may send many chunks in a row. After each chunk the server pauses as long as the chunk took, so that
      // waiting token requests are answered.
      if (dry_run !== true) await pause(Math.min(performance.now() - began, LONGEST_PAUSE_MILLISECONDS))
      return applied.ok
        ? reply.send({ items: applied.value.map(stepView) })
        : sendProblem(reply, applyProblem(applied.refusal))
    },
  )
}

function hasTooManyEntries(body: unknown): boolean {
  const lists: unknown[] = typeof body === 'object' && body !== null ? Object.values(body) : []
  return lists.some((list) => Array.isArray(list) && list.length > MOST_PENDING_SCOPES)
}

function declaredIssuer({ name, ...body }: Static<typeof NewIssuerBody>): DeclaredIssuer {
  return { name, settings: newSettings({ name, ...body }), given: changedSettings(body) }
}

function declaredIntegration(entry: DeclaredIntegration): Declared | 'mode_unusable' {
  const mode = requestedMode(entry.issue_mode)
  if (mode === 'unusable') return 'mode_unusable'
  const { name, description, tags, scopes, status, secret } = entry
  const isHash = secret !== 'none' && secret !== 'generated'
  return {
    ...{ name, description, tags, scopes, status, mode },
    clientId: entry.client_id,
    resourceServerFor: entry.resource_server_for,
    graceSeconds: entry.grace_seconds,
    conditional: entry.conditional,
    allowedAddresses: entry.allowed_addresses,
    ...(isHash ? { importedSecret: secret } : { secret }),
    keys: entry.keys?.map(keyRequest),
    keySource: entry.jwks_uri && keySourceRequest(entry.jwks_uri),
    trust: entry.trust?.map(declaredRule),
  }
}

function applyProblem(refusal: ApplyRefusal): Problem {
  const { list, index } = refusal.place
  const entry = index === undefined ? `/${list}` : `/${list}/${String(index)}`
  switch (refusal.of) {
    case 'issuer':
      return under(entry, declaredIssuerProblem(refusal.problem))
    case 'scope':
      return under(entry, scopeProblem(refusal.problem))
    case 'api':
      return under(entry, apiProblem(refusal.problem))
    case 'integration':
      return under(entry, declaredIntegrationProblem(refusal.problem))
    case 'declaration':
      return declarationProblem(entry, refusal.problem)
  }
}

function declaredIssuerProblem(problem: IssuerPlanRefusal): Problem {
  switch (problem.reason) {
    case 'issuer_in_use': {
      const { code, detail } = trustedIssuerProblem(problem)
      return {
        code,
        detail: `The list does not contain ${problem.name}, so the server would have to delete it. ${detail}`,
      }
    }
    case 'url_fixed':
      return unusableMember('/url', 'cannot be changed. Declare the new URL under another name')
    case 'platform_fixed':
      return unusableMember('/platform', 'cannot be changed. Declare the new platform under another name')
    default:
      return trustedIssuerProblem(problem)
  }
}

function declarationProblem(entry: string, problem: DeclarationProblem): Problem {
  switch (problem.reason) {
    case 'declared_twice':
      return unusableMember(entry, 'is declared twice. Declare each entry once')
    case 'changed_meanwhile':
      return changedMeanwhile(entry)
    case 'limit_reached':
      return under(entry, scopeProblem(problem))
  }
}

type DeclarationProblem = Extract<ApplyRefusal, { of: 'declaration' }>['problem']

const changedMeanwhile = (entry: string): Problem => ({
  code: 'changed_meanwhile',
  detail: `Another caller changed ${entry} at the same moment. The server applied no part of this request. Send the request again.`,
  errors: [{ pointer: entry, detail: 'was changed at the same moment' }],
})

function declaredIntegrationProblem(problem: IntegrationPlanRefusal): Problem {
  switch (problem.reason) {
    case 'client_id_unusable':
      return unusableMember('/client_id', 'must be lk and 14 characters of a to z and 0 to 9')
    case 'scopes_missing':
      return unusableMember('/scopes', 'must name at least one scope, because the integration does not exist yet')
    case 'name_ambiguous':
      return unusableMember('/name', 'is the name of several integrations. Choose one with client_id')
    case 'imported_secret_unusable':
      return unusableMember(
        '/secret',
        'must be none, generated, or sha256: and the SHA-256 of the secret in 64 hexadecimal digits',
      )
    case 'key_refused':
      return keyProblem(problem.cause, `/keys/${String(problem.index)}/jwk`)
    case 'key_source_refused':
      return keySourceProblem(problem.cause, '/jwks_uri/uri')
    case 'rule_refused':
      return ruleProblem(problem.cause, `/trust/${String(problem.index)}`)
    default:
      return integrationProblem(problem)
  }
}

/** Puts the pointer of the entry before the detail of the problem and before each of its pointers. */
const under = (entry: string, problem: Problem): Problem => ({
  ...problem,
  detail: `${entry}: ${problem.detail}`,
  ...(problem.errors !== undefined && {
    errors: problem.errors.map((place) =>
      'pointer' in place ? { ...place, pointer: `${entry}${place.pointer}` } : place,
    ),
  }),
})

const ISSUERS_NEED_OWNER = (role: AdminRole): Problem => ({
  code: 'role_too_low',
  detail: `Your role is ${role}, but /issuers needs the role owner. To keep the issuers, leave this member out.`,
})

const TOO_MANY = invalidRequest(
  `A request declares at most ${String(MOST_DECLARED)} entries in all its lists together. Send several requests.`,
)
