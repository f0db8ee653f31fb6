// The requests of a client of the platform: token requests, and calls of the five APIs.
import type { Platform } from './platform.ts'

export interface Token {
  readonly text: string
  readonly jti: string
  readonly generation: number
  /** Seconds since the epoch. */
  readonly expiresAt: number
}

/** The documented request. */
export async function requestToken({ server, client }: Platform, scope: string): Promise<Token> {
  const response = await fetch(`${server.issuer}/v1/token?scope=${scope}&grant_type=client_credentials`, {
    method: 'POST',
    headers: {
      accept: 'application/json',
      authorization: `Basic ${Buffer.from(`${client.clientId}:${client.clientSecret}`).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
  })
  if (response.status !== 200) throw new Error(`no token: ${String(response.status)} ${await response.text()}`)
  const { access_token: text } = (await response.json()) as { access_token: string }
  const payload = Buffer.from(text.split('.')[1] ?? '', 'base64url').toString()
  const { jti, gen, exp } = JSON.parse(payload) as { jti: string; gen: number; exp: number }
  return { text, jti, generation: gen, expiresAt: exp }
}

export interface Api {
  readonly name: string
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly body?: object
}

const TEXT = 'Latchkey keeps one token for each slot. A new one ends the one before. Nobody has to wait for that.'
const batch = [{ text: TEXT }]

export const PREDICT_APIS: readonly Api[] = [
  { name: 'Use Case API', method: 'GET', path: '/ai/usecase' },
  { name: 'Prediction API', method: 'POST', path: '/ai/prediction/summarization/sandbox-1', body: { batch } },
  {
    name: 'Async Prediction API',
    method: 'POST',
    path: '/ai/async-prediction/keyword-extraction/sandbox-1',
    body: { batch },
  },
  { name: 'Async Chunking API', method: 'POST', path: '/ai/async-chunking/sentence/sandbox-1', body: { batch } },
]

export const MODELS_API: Api = { name: 'Models API', method: 'GET', path: '/customers/acme/ai/models' }

export interface Answer {
  readonly status: number
  /** The reason of a refusal. */
  readonly reason: string | null
  /** The caller's identity that the API received. */
  readonly calledBy: string | null
  readonly body: Readonly<Record<string, unknown>>
}

export async function call({ gateway }: Platform, { method, path, body }: Api, token: Token): Promise<Answer> {
  const response = await fetch(gateway.url + path, {
    method,
    headers: { authorization: `Bearer ${token.text}`, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  })
  return {
    status: response.status,
    reason: response.headers.get('latchkey-reason'),
    calledBy: response.headers.get('sandbox-called-by'),
    body: (await response.json()) as Readonly<Record<string, unknown>>,
  }
}
