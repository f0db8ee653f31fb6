// oidc-provider as its documentation sets it up for this work: client credentials, JWT access tokens, its in-memory adapter.
import { generateKeyPairSync } from 'node:crypto'
import { createServer } from 'node:http'
import { Provider } from 'oidc-provider'
import { readClients } from '../clients.ts'
import { answerJobs } from '../jobs.ts'
import { listenAnywhere } from '../listen-anywhere.ts'

export interface OidcProviderJob {
  readonly clientsFile: string
  readonly alg: 'RS256' | 'ES256'
  readonly scopes: readonly string[]
}

const LIFETIME_SECONDS = 3600
const AUDIENCE = 'https://api.example.com'

/** Answers with the server's origin. */
answerJobs<OidcProviderJob, string>(async ({ clientsFile, alg, scopes }) => {
  const server = createServer({ keepAliveTimeout: 65_000 })
  const origin = await listenAnywhere(server)
  const clients = readClients(clientsFile)
  const provider = new Provider(origin, configuration(clients, alg, scopes))
  // It makes each client's object when it first hears of it; no request is to pay for that.
  for (const { clientId } of clients) await provider.Client.find(clientId)
  server.on('request', provider.callback())
  return origin
})

function configuration(
  clients: ReturnType<typeof readClients>,
  alg: OidcProviderJob['alg'],
  scopes: readonly string[],
): Readonly<Record<string, unknown>> {
  const scope = scopes.join(' ')
  return {
    clients: clients.map(({ clientId, clientSecret }) => ({
      client_id: clientId,
      client_secret: clientSecret,
      grant_types: ['client_credentials'],
      response_types: [],
      redirect_uris: [],
      scope,
      id_token_signed_response_alg: alg,
    })),
    scopes,
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
  }
}

function signingKey(alg: OidcProviderJob['alg']): object {
  const { privateKey } =
    alg === 'RS256'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return { ...privateKey.export({ format: 'jwk' }), kid: 'bench', alg, use: 'sig' }
}
