// /admin/v1/integrations: create, read, disable, enable, delete.
import { Type } from 'typebox'
import {
  createIntegration,
  type CreateIntegrationPorts,
  type CreateIntegrationRefusal,
} from '../../operations/create-integration.ts'
import { deleteIntegration } from '../../operations/delete-integration.ts'
import { disableIntegration } from '../../operations/disable-integration.ts'
import { enableIntegration } from '../../operations/enable-integration.ts'
import { findIntegration, listIntegrations } from '../../operations/list-integrations.ts'
import type { Logger } from '../../log.ts'
import type { AdminServer } from './admin-server.ts'
import {
  askedMode,
  CreatedIntegrationView,
  createdIntegrationView,
  IntegrationPageView,
  IntegrationView,
  integrationView,
  NewIntegrationBody,
} from './integration-schemas.ts'
import { logAct } from './log-act.ts'
import { invalidRequest, notFound, type Problem, sendProblem } from './problem.ts'

const COLLECTION = '/admin/v1/integrations'
const DEFAULT_LIMIT = 50
const LARGEST_LIMIT = 200

const IdParameter = Type.Object({ id: Type.String() })
// Query values are text: nothing is turned into another type behind the schema's back.
const PageQuery = Type.Object(
  { limit: Type.Optional(Type.String()), cursor: Type.Optional(Type.String()) },
  { additionalProperties: false },
)
const NoBody = Type.Unsafe<null | Record<string, never>>({ type: ['object', 'null'], additionalProperties: false })

export function addIntegrationRoutes(
  app: AdminServer,
  ports: CreateIntegrationPorts & { readonly logger: Logger },
): void {
  app.post(
    COLLECTION,
    { schema: { body: NewIntegrationBody, response: { 201: CreatedIntegrationView } } },
    async (request, reply) => {
      const { name, description = '', scopes, resource_server, issue_mode, grace_seconds = 0 } = request.body
      const mode = askedMode(issue_mode)
      if (mode === undefined) return sendProblem(reply, RENEWAL_WITHOUT_STABLE)
      const resourceServerFor = resource_server === true ? scopes : []
      const asked = { name, description, scopes, resourceServerFor, mode, graceSeconds: grace_seconds }
      const created = await createIntegration(ports, asked)
      if (!created.ok) return sendProblem(reply, creationProblem(created.refusal, scopes))
      const view = createdIntegrationView(created.value)
      logAct(ports.logger, request, 'integration.created', view)
      return reply.code(201).header('location', `${COLLECTION}/${view.id}`).send(view)
    },
  )

  app.get(
    COLLECTION,
    { schema: { querystring: PageQuery, response: { 200: IntegrationPageView } } },
    async (request, reply) => {
      const { limit: limitText, cursor } = request.query
      const limit = readLimit(limitText)
      if (limit === undefined) return sendProblem(reply, LIMIT_UNUSABLE)
      if (cursor !== undefined && !CURSOR.test(cursor)) return sendProblem(reply, CURSOR_UNUSABLE)
      const listed = await listIntegrations(ports, { limit, after: cursor })
      if (!listed.ok) return sendProblem(reply, CURSOR_UNUSABLE)
      const page = listed.value
      if (page.next !== undefined) {
        void reply.header('link', `<${COLLECTION}?limit=${String(limit)}&cursor=${page.next}>; rel="next"`)
      }
      return reply.send({ items: page.items.map(integrationView), next_cursor: page.next ?? null })
    },
  )

  app.get(
    `${COLLECTION}/:id`,
    { schema: { params: IdParameter, response: { 200: IntegrationView } } },
    async (request, reply) => {
      const found = await findIntegration(ports, request.params.id)
      return found.ok ? reply.send(integrationView(found.value)) : sendProblem(reply, NO_SUCH_INTEGRATION)
    },
  )

  app.delete(`${COLLECTION}/:id`, { schema: { params: IdParameter, body: NoBody } }, async (request, reply) => {
    const deleted = await deleteIntegration(ports, request.params.id)
    if (!deleted.ok) return sendProblem(reply, NO_SUCH_INTEGRATION)
    logAct(ports.logger, request, 'integration.deleted', integrationView(deleted.value))
    return reply.code(204).send()
  })

  const statusChanges = [
    { verb: 'disable', change: disableIntegration, event: 'integration.disabled' },
    { verb: 'enable', change: enableIntegration, event: 'integration.enabled' },
  ] as const
  for (const { verb, change, event } of statusChanges) {
    app.post(
      `${COLLECTION}/:id/${verb}`,
      { schema: { params: IdParameter, body: NoBody, response: { 200: IntegrationView } } },
      async (request, reply) => {
        const changed = await change(ports, request.params.id)
        if (!changed.ok) return sendProblem(reply, NO_SUCH_INTEGRATION)
        const view = integrationView(changed.value)
        logAct(ports.logger, request, event, view)
        return reply.send(view)
      },
    )
  }
}

const CURSOR = /^int_[0-9A-Za-z]{1,64}$/

function readLimit(text: string | undefined): number | undefined {
  if (text === undefined) return DEFAULT_LIMIT
  const limit = /^[1-9][0-9]{0,3}$/.test(text) ? Number(text) : undefined
  return limit !== undefined && limit <= LARGEST_LIMIT ? limit : undefined
}

const LIMIT_RULE = `must be a whole number from 1 to ${String(LARGEST_LIMIT)}`
const LIMIT_UNUSABLE = invalidRequest(`The query parameter limit ${LIMIT_RULE}.`, {
  parameter: 'limit',
  detail: LIMIT_RULE,
})
const CURSOR_RULE = 'must be the next_cursor of the page before, whose last integration still exists'
const CURSOR_UNUSABLE = invalidRequest(`The query parameter cursor ${CURSOR_RULE}.`, {
  parameter: 'cursor',
  detail: CURSOR_RULE,
})

const NO_SUCH_INTEGRATION = notFound(
  'unknown_integration',
  'No integration has this id. Ids begin with int_; the list shows them.',
)

const RENEWAL_WITHOUT_STABLE = invalidRequest(
  '/issue_mode/renew_before_seconds is for the kind stable: in the kind replace every request gets a new token.',
  { pointer: '/issue_mode/renew_before_seconds', detail: 'is for the kind stable' },
)

function creationProblem(refusal: CreateIntegrationRefusal, asked: readonly string[]): Problem {
  switch (refusal.reason) {
    case 'name_unusable': {
      const detail =
        'must have 1 to 120 characters, none of them a control or direction character, no space at its ends'
      return invalidRequest(`/name ${detail}.`, { pointer: '/name', detail })
    }
    case 'description_unusable': {
      const detail = 'must have at most 500 characters, none of them a control or direction character'
      return invalidRequest(`/description ${detail}.`, { pointer: '/description', detail })
    }
    case 'unknown_scope': {
      const pointer = `/scopes/${String(asked.indexOf(refusal.scope))}`
      return {
        status: 400,
        code: 'unknown_scope',
        title: 'There is no such scope',
        detail: `${JSON.stringify(refusal.scope)} is no scope of this server. Its scopes are ${refusal.known.join(', ')}.`,
        errors: [{ pointer, detail: 'is no scope of this server' }],
      }
    }
  }
}
