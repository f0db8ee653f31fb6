// GET /admin/v1/server: the endpoints and settings of this server that clients need.
import { authorizationServerMetadata } from '@latchkey/protocol'
import { type Static, Type } from 'typebox'
import type { AdminServer } from '../admin-server.ts'

export interface ServerFactsPorts {
  /** The URL of the public listener. It is known only after the listener has its port. */
  readonly issuer: () => string
  readonly tokenLifetimeSeconds: number
  readonly secretReveal: 'operators' | 'never'
  /** The name and colour of the environment. Undefined if the environment has no name. */
  readonly environment: Environment | undefined
  readonly storeEvents: {
    readonly databaseClockOffset: () => number | undefined
    readonly otherIssuers: () => readonly string[]
  }
}

const Environment = Type.Object({
  name: Type.String(),
  color: Type.Enum(['gray', 'green', 'blue', 'violet', 'orange', 'red']),
})
type Environment = Static<typeof Environment>

const Url = Type.String({ format: 'uri' })
export const ServerView = Type.Object({
  issuer: Url,
  token_endpoint: Url,
  jwks_uri: Url,
  introspection_endpoint: Url,
  revocation_endpoint: Url,
  token_lifetime_seconds: Type.Integer(),
  secret_reveal: Type.Enum(['operators', 'never'], { description: 'Who may read a client secret again' }),
  database_clock_offset_seconds: Type.Union([Type.Integer(), Type.Null()], {
    description:
      'The seconds by which the clock of the database is ahead of the clock of this server, measured within the last half second. Negative if the clock of the database is behind. null without a database',
  }),
  other_issuers: Type.Array(Type.String(), {
    description:
      'Other issuers that servers on the same database use. All servers on a database must have the same issuer, so the list should be empty',
  }),
  environment: Type.Union([Environment, Type.Null()], {
    description:
      'The badge of the console, from LATCHKEY_ENVIRONMENT and LATCHKEY_ENVIRONMENT_COLOR. null if the environment has no name',
  }),
})

export function addServerFactsRoute(app: AdminServer, ports: ServerFactsPorts): void {
  const schema = {
    summary: 'Shows the endpoints of this server',
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
      environment: ports.environment ?? null,
    })
  })
}
