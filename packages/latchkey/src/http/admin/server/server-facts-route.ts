// GET /admin/v1/server: the endpoints and settings of this server that a client needs to know.
import { authorizationServerMetadata } from '@latchkey/protocol'
import { Type } from 'typebox'
import type { AdminServer } from '../admin-server.ts'

export interface ServerFactsPorts {
  /** Known once the public listener has its port. */
  readonly issuer: () => string
  readonly tokenLifetimeSeconds: number
  readonly secretReveal: 'operators' | 'never'
  readonly storeEvents: {
    readonly databaseClockOffset: () => number | undefined
    readonly otherIssuers: () => readonly string[]
  }
}

const Url = Type.String({ format: 'uri' })
export const ServerView = Type.Object({
  issuer: Url,
  token_endpoint: Url,
  jwks_uri: Url,
  introspection_endpoint: Url,
  revocation_endpoint: Url,
  token_lifetime_seconds: Type.Integer(),
  secret_reveal: Type.Enum(['operators', 'never'], { description: 'Who may look a client secret up again' }),
  database_clock_offset_seconds: Type.Union([Type.Integer(), Type.Null()], {
    description:
      "By how many seconds the database's clock is ahead of this server's, or behind if below 0, as of the last half second; null where there is no database",
  }),
  other_issuers: Type.Array(Type.String(), {
    description: "Issuers of other servers that run on the same database, where they are not this one's: a mistake",
  }),
})

export function addServerFactsRoute(app: AdminServer, ports: ServerFactsPorts): void {
  const schema = {
    summary: 'Says where clients find this server',
    tags: ['Server'],
    response: { 200: ServerView },
  }
  app.get('/admin/v1/server', { schema }, async (_request, reply) => {
    const issuer = ports.issuer()
    const { token_endpoint, jwks_uri, introspection_endpoint, revocation_endpoint } = authorizationServerMetadata(
      issuer,
      [],
    )
    return reply.send({
      ...{ issuer, token_endpoint, jwks_uri, introspection_endpoint, revocation_endpoint },
      token_lifetime_seconds: ports.tokenLifetimeSeconds,
      secret_reveal: ports.secretReveal,
      database_clock_offset_seconds: ports.storeEvents.databaseClockOffset() ?? null,
      other_issuers: [...ports.storeEvents.otherIssuers()],
    })
  })
}
