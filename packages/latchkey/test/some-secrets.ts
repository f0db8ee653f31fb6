// Requests about the secrets of integrations, as an operator sends them, for tests.
import { Secret, toBasicCredentials } from '@latchkey/protocol'
import type { List, RotatedSecret } from '../src/http/contract/admin-api.ts'
import type { TestIntegration, TestServer } from './a-server.ts'

export type SecretView = RotatedSecret

interface Answer<Body> {
  readonly status: number
  readonly headers: Headers
  readonly body: Body
}

/** Asks the admin API with the server's own key. */
export function operator({ adminUrl, adminKey }: TestServer) {
  return async <Body = SecretView>(
    method: string,
    path: string,
    body?: object,
    headers: Record<string, string> = {},
  ) => {
    const response = await fetch(`${adminUrl}/admin/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${adminKey.reveal()}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const answer: Answer<Body> = {
      status: response.status,
      headers: response.headers,
      body: (await response.json()) as Body,
    }
    return answer
  }
}

export const withSecret = (integration: TestIntegration, secret: string | undefined): TestIntegration => {
  const clientSecret = new Secret(secret ?? '')
  return { ...integration, clientSecret, basic: toBasicCredentials(integration.clientId, clientSecret) }
}

export const secretsOf = async (server: TestServer, { id }: TestIntegration): Promise<readonly SecretView[]> =>
  (await operator(server)<List<SecretView>>('GET', `/integrations/${id}/secrets`)).body.items

export const statusOf = async (server: TestServer, integration: TestIntegration) =>
  (await server.requestToken(integration)).status
