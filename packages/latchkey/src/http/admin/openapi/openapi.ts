// The OpenAPI 3.1 document of the admin API, made from the schemas of the routes and the access rules.
import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger'
import type { AdminServer } from '../admin-server.ts'
import { acceptEncodingOf, prepareDocument, REVALIDATED, sendDocument } from '../documents/encoded-document.ts'
import { type ProblemCode } from '../problems/problem-catalog.ts'
import { describedSchema, finishOperation, type Operation } from './openapi-operations.ts'
import { problemComponents } from './openapi-problems.ts'

declare module 'fastify' {
  interface FastifySchema {
    /**
     * The problem codes that do not follow from the access rule and the schema of the route. The document also lists
     * the codes that do.
     */
    readonly problems?: readonly ProblemCode[]
    /** OpenAPI responses by status, for answers that have no schema, such as streams. */
    readonly answers?: Readonly<Record<number, object>>
  }
}

export const OPENAPI_PATH = '/admin/v1/openapi.json'

const TAGS = [
  { name: 'Integrations', description: 'The clients: their scopes and their status.' },
  { name: 'Secrets', description: 'The client secrets of an integration. At most two are valid at once.' },
  {
    name: 'Credentials',
    description:
      'The credentials of an integration besides its secrets: public keys, and trust rules for the assertions of its platform.',
  },
  {
    name: 'Trusted issuers',
    description: 'The platforms whose assertions can authenticate a client that has a trust rule.',
  },
  { name: 'Tokens', description: 'At most one live access token for each integration and scope.' },
  { name: 'Scopes', description: 'The scopes that tokens can be issued for.' },
  { name: 'APIs', description: 'The APIs that require a scope.' },
  { name: 'Signing keys', description: 'The keys that sign tokens, and their rotation.' },
  { name: 'Admin keys', description: 'The keys that give access to this API.' },
  { name: 'Operators', description: 'The users of the console, and their roles.' },
  { name: 'Sessions', description: 'Signing in and out.' },
  { name: 'Audit', description: 'The record of who changed what, when and from where.' },
  { name: 'Activity', description: 'What happens now, and what happened recently.' },
  { name: 'Setup', description: 'Applies a manifest: trusted issuers, scopes, APIs and integrations in one document.' },
  { name: 'Server', description: 'Health, version and settings of the server.' },
]

const INTRODUCTION = `Latchkey issues access tokens to machines, at most one live token for each integration and scope. This API administers it.

Times are RFC 3339 in UTC. An answer with one record that can be changed has the version of the record as \`ETag\`. The server refuses a request with an undocumented member. Later versions may add members to answers. Every refusal is a problem document (RFC 9457) with a stable \`code\`. The [list of problems](/problems) says what to do about each. The server can also answer any request with \`malformed_request\`, \`request_timeout\`, \`headers_too_large\` or \`unknown_route\`.`

const ADMIN_KEY = {
  type: 'http',
  scheme: 'bearer',
  description: 'An admin key as a bearer token. The role of the key decides what it may do.',
}

const SESSION = {
  type: 'apiKey',
  in: 'cookie',
  name: 'latchkey',
  description:
    'The cookie `latchkey`, or `__Host-latchkey` under TLS, of an operator who signed in with a browser. A change also needs the `Origin` of this listener and the header `X-Latchkey-Console: 1`.',
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

/** Registers the plugin. The document contains every route that is added later, except hidden routes. */
export function addOpenApiRoute(app: AdminServer): void {
  const document = prepareDocument('application/json; charset=utf-8', () => JSON.stringify(app.swagger()))
  app.get(OPENAPI_PATH, { schema: { hide: true } }, async (request, reply) =>
    sendDocument(request, reply, {
      document: await document(acceptEncodingOf(request)),
      cacheControl: REVALIDATED,
    }),
  )
}
