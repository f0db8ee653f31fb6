// oidc-provider, configured for this work as its documentation says: client credentials and JWT access tokens, without
// storage.
import { generateKeyPairSync } from 'node:crypto'
import { createServer } from 'node:http'
import { Provider } from 'oidc-provider'
import { type BenchClient, readClients } from '../clients.ts'
import { answerJobs } from '../jobs.ts'
import { listenAnywhere } from '../listen-anywhere.ts'

export interface OidcProviderJob {
  readonly clientsFile: string
  readonly alg: 'RS256' | 'ES256'
  readonly scopes: readonly string[]
  /**
   * `in adapter`: clients may change while the server runs, so the server reads the client at every request. `fixed`:
   * the clients are in the configuration, and the server makes the object of each client once.
   */
  readonly clients: 'in adapter' | 'fixed'
}

type Configuration = Readonly<Record<string, unknown>>

const LIFETIME_SECONDS = 3600
const AUDIENCE = 'https://api.example.com'

/** Returns the server's origin. */
answerJobs<OidcProviderJob, string>(async ({ clientsFile, alg, scopes, clients: where }) => {
  const server = createServer({ keepAliveTimeout: 65_000 })
  const origin = await listenAnywhere(server)
  const scope = scopes.join(' ')
  const clients = readClients(clientsFile).map((client) => metadata(client, alg, scope))
  const provider = new Provider(origin, {
    ...(where === 'fixed' ? { clients } : { adapter: adapterOf(clients) }),
    ...configuration(alg, scope),
  })
  // The objects of the clients are made before the measurement, so that no measured request makes one.
  if (where === 'fixed') for (const { client_id: id } of clients) await provider.Client.find(id)
  server.on('request', provider.callback())
  return origin
})

/** oidc-provider's in-memory adapter drops entries above 1000. This adapter keeps all, and is used for clients only. */
function adapterOf(clients: readonly ReturnType<typeof metadata>[]): (model: string) => object {
  const byId = new Map(clients.map((client) => [client.client_id, client]))
  return (model) => ({
    find: (id: string) => Promise.resolve(model === 'Client' ? byId.get(id) : undefined),
  })
}

const metadata = ({ clientId, clientSecret }: BenchClient, alg: string, scope: string) => ({
  client_id: clientId,
  client_secret: clientSecret,
  grant_types: ['client_credentials'],
  response_types: [],
  redirect_uris: [],
  scope,
  id_token_signed_response_alg: alg,
})

const configuration = (alg: OidcProviderJob['alg'], scope: string): Configuration => ({
  scopes: scope.split(' '),
  jwks: { keys: [signingKey(alg)] },
  features: {
    clientCredentials: { enabled: true },
    devInteractions: { enabled: false },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => AUDIENCE,
      getResourceServerInfo: () => ({
        ...{ scope, audience: AUDIENCE, accessTokenTTL: LIFETIME_SECONDS },
        ...{ accessTokenFormat: 'jwt', jwt: { sign: { alg } } },
      }),
    },
  },
})

function signingKey(alg: OidcProviderJob['alg']): object {
  const { privateKey } =
    alg === 'RS256'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return { ...privateKey.export({ format: 'jwk' }), kid: 'bench', alg, use: 'sig' }
}
