// The OpenAPI 3.1 document of the admin API, made from the schemas that validate and from the access rules.
import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger'
import type { AdminServer } from '../admin-server.ts'
import { acceptEncodingOf, prepareDocument, REVALIDATED, sendDocument } from '../documents/encoded-document.ts'
import { type ProblemCode } from '../problems/problem-catalog.ts'
import { describedSchema, finishOperation, type Operation } from './openapi-operations.ts'
import { problemComponents } from './openapi-problems.ts'

declare module 'fastify' {
  interface FastifySchema {
    /** The codes of this route in particular. Those that follow from its rule and its schema are added. */
    readonly problems?: readonly ProblemCode[]
    /** Answers that no schema serialises, such as streams: OpenAPI responses by status. */
    readonly answers?: Readonly<Record<number, object>>
  }
}

export const OPENAPI_PATH = '/admin/v1/openapi.json'

const TAGS = [
  { name: 'Integrations', description: 'The clients: what each may ask for, and whether it may at all.' },
  { name: 'Secrets', description: 'How an integration proves who it is; at most two are valid at once.' },
  { name: 'Tokens', description: 'At most one live access token for each integration and scope.' },
  { name: 'Scopes', description: 'What tokens are for.' },
  { name: 'APIs', description: 'What a scope opens.' },
  { name: 'Signing keys', description: 'What tokens are signed with, and how one key follows another.' },
  { name: 'Admin keys', description: 'Who may use this API.' },
  { name: 'Operators', description: 'The operators who may use the console, and what each may do.' },
  { name: 'Sessions', description: 'Signing in and out.' },
  { name: 'Audit', description: 'Who changed what, when and from where.' },
  { name: 'Activity', description: 'What is going on, and what went on lately.' },
  { name: 'Setup', description: 'Scopes, APIs and integrations as one document.' },
  { name: 'Server', description: 'Is it alive, can it work, which version is it.' },
]

const INTRODUCTION = `Latchkey issues access tokens to machines, at most one live token for each integration and scope. This API administers it.

Times are RFC 3339 in UTC. An answer with one record that can be changed has its version as \`ETag\`. A member that is not documented is refused in requests; in answers there may be more of them later. Whatever is refused is a problem document (RFC 9457) with a stable \`code\`; [all of them](/problems) are listed with their cure. Any request can also be answered \`malformed_request\`, \`request_timeout\`, \`headers_too_large\` or \`unknown_route\`.`

const ADMIN_KEY = {
  type: 'http',
  scheme: 'bearer',
  description: 'An admin key as a bearer token. Its role decides what it may do.',
}

const SESSION = {
  type: 'apiKey',
  in: 'cookie',
  name: 'latchkey',
  description:
    'The cookie `latchkey`, under TLS `__Host-latchkey`, of an operator who signed in with a browser. A change also needs the own `Origin` and the header `X-Latchkey-Console: 1`.',
}

export const openApiOptions = (version: string): FastifyDynamicSwaggerOptions => ({
  mode: 'dynamic',
  openapi: {
    openapi: '3.1.0',
    info: { title: 'Latchkey admin API', version, description: INTRODUCTION },
    tags: TAGS,
    components: { ...problemComponents(), securitySchemes: { admin_key: ADMIN_KEY, session: SESSION } },
  } as NonNullable<FastifyDynamicSwaggerOptions['openapi']>,
  transform: ({ schema, url, route }) => ({ url, schema: describedSchema(schema, route.config?.rule) }),
  transformObject: (document) => {
    if (!('openapiObject' in document)) return document.swaggerObject
    const { paths = {} } = document.openapiObject
    for (const methods of Object.values(paths))
      for (const operation of Object.values(methods ?? {})) finishOperation(operation as Operation)
    return document.openapiObject
  },
})

/** The document has every route that was added after the plugin, except the hidden ones. */
export function addOpenApiRoute(app: AdminServer): void {
  const document = prepareDocument('application/json; charset=utf-8', () => JSON.stringify(app.swagger()))
  app.get(OPENAPI_PATH, { schema: { hide: true } }, async (request, reply) =>
    sendDocument(request, reply, await document(acceptEncodingOf(request)), REVALIDATED),
  )
}
