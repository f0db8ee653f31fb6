// Requests to the admin API and the token endpoints of an old server. They use the server's local admin key, which has
// the owner's rights.
import type { Verdict } from '../fixture-files.ts'

const AUTH_SERVER_ID = 'ausao8uveaPmyhv0v357'

export interface Client {
  readonly id: string
  readonly clientId: string
  readonly secret: string
}

export interface Asking {
  readonly adminUrl: string
  /** The address of the public listener. The issuer may contain another address. */
  readonly publicAddress: string
  readonly adminKey: string
}

interface Ask {
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** Returns the JSON of the answer. Throws if the status is not a success. */
export async function admin<Answer = Record<string, unknown>>(
  { adminUrl, adminKey }: Pick<Asking, 'adminUrl' | 'adminKey'>,
  method: string,
  path: string,
  { body, headers = {} }: Ask = {},
): Promise<Answer> {
  const response = await fetch(`${adminUrl}/admin/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer ${adminKey}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
  return (text === '' ? {} : JSON.parse(text)) as Answer
}

/**
 * Sends a request as the console does, without an admin key. Returns the JSON and the value of the session cookie, if
 * the answer sets one.
 */
export async function asConsole(
  { adminUrl }: Pick<Asking, 'adminUrl'>,
  path: string,
  body: unknown,
): Promise<{ readonly status: number; readonly session: string | undefined }> {
  const response = await fetch(`${adminUrl}/admin/v1${path}`, {
    method: 'POST',
    headers: { origin: adminUrl, 'x-latchkey-console': '1', 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  await response.arrayBuffer()
  return { status: response.status, session: /^[^=]+=([^;]+)/.exec(response.headers.get('set-cookie') ?? '')?.[1] }
}

/** Sends a request of a client to an endpoint of the issuer. Returns the answer, whatever its status is. */
export const asClient = (
  { publicAddress }: Pick<Asking, 'publicAddress'>,
  { clientId, secret }: Omit<Client, 'id'>,
  endpoint: 'token' | 'revoke' | 'introspect',
  form: Readonly<Record<string, string>>,
): Promise<Response> =>
  fetch(`${publicAddress}/oauth2/${AUTH_SERVER_ID}/v1/${endpoint}`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}` },
    body: new URLSearchParams(form),
  })

/** Requests a token. Throws if the answer contains none. */
export async function tokenOf(
  server: Pick<Asking, 'publicAddress'>,
  client: Omit<Client, 'id'>,
  scope: string,
): Promise<string> {
  const response = await asClient(server, client, 'token', { grant_type: 'client_credentials', scope })
  const text = await response.text()
  if (response.status !== 200) throw new Error(`no token for ${client.clientId} ${scope}: ${response.status} ${text}`)
  return (JSON.parse(text) as { readonly access_token: string }).access_token
}

export async function verdictOn({ publicAddress }: Pick<Asking, 'publicAddress'>, token: string): Promise<Verdict> {
  const response = await fetch(`${publicAddress}/oauth2/${AUTH_SERVER_ID}/v1/verify`, {
    headers: { authorization: `Bearer ${token}` },
  })
  await response.arrayBuffer()
  return { status: response.status, reason: response.headers.get('latchkey-reason') }
}
