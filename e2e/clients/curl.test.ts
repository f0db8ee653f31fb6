// curl with every way to send credentials and parameters, in old and new versions of HTTP.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { has } from '../../scripts/programs.mjs'
import { createIntegration, type Integration, PREDICT } from '../integrations.ts'
import { type RealServer, startServerOfSuite } from '../real-server.ts'
import { curl } from './curl.ts'

describe.skipIf(!has('curl'))('curl', () => {
  let server: RealServer
  let integration: Integration

  beforeAll(async () => {
    server = await startServerOfSuite()
    integration = await createIntegration(server)
  })
  afterAll(async () => void (await server.stop()))

  const user = () => `${integration.clientId}:${integration.clientSecret.reveal()}`
  const tokenUrl = () => `${server.issuer}/v1/token`
  const inQuery = () => `${tokenUrl()}?scope=${PREDICT}&grant_type=client_credentials`

  /** Returns the status of the server's answer to this call of curl. */
  const status = async (...args: readonly string[]): Promise<string> =>
    (await curl('--silent', '--output', '/dev/null', '--write-out', '%{http_code}', ...args)).stdout

  const fetchToken = async (): Promise<string> => {
    const { stdout } = await curl(
      '--silent',
      '--user',
      user(),
      '--data',
      'grant_type=client_credentials',
      '--data',
      `scope=${PREDICT}`,
      tokenUrl(),
    )
    return (JSON.parse(stdout) as { access_token: string }).access_token
  }

  test('the documented request is answered with exactly the four documented members', async () => {
    const { stdout, code } = await curl(
      ...['--silent', '--request', 'POST', '--url', inQuery()],
      ...['--header', 'Accept: application/json', '--header', `Authorization: ${integration.basic}`],
      ...['--header', 'Cache-Control: no-cache', '--header', 'Content-Type: application/x-www-form-urlencoded'],
    )
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toEqual({
      token_type: 'Bearer',
      expires_in: 3600,
      access_token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/) as unknown,
      scope: PREDICT,
    })
  })

  test.each<[string, () => readonly string[]]>([
    ['-u and -d', () => ['--user', user(), '--data', `grant_type=client_credentials&scope=${PREDICT}`, tokenUrl()]],
    [
      'credentials in the form',
      () => [
        ...['--data', 'grant_type=client_credentials', '--data', `scope=${PREDICT}`],
        ...['--data-urlencode', `client_id=${integration.clientId}`],
        ...['--data-urlencode', `client_secret=${integration.clientSecret.reveal()}`],
        tokenUrl(),
      ],
    ],
    [
      'one parameter in the query, the other in the body',
      () => ['--user', user(), '--data', 'grant_type=client_credentials', `${tokenUrl()}?scope=${PREDICT}`],
    ],
    ['HTTP/1.0', () => ['--http1.0', '--user', user(), '--request', 'POST', inQuery()]],
    ['an empty body of a stated length', () => ['--user', user(), '--data', '', inQuery()]],
    [
      'an empty body sent in chunks',
      () => ['--user', user(), '--header', 'Transfer-Encoding: chunked', '--data', '', inQuery()],
    ],
    [
      'Expect: 100-continue',
      () => [
        '--user',
        user(),
        '--header',
        'Expect: 100-continue',
        '--data',
        'grant_type=client_credentials',
        '--data',
        `scope=${PREDICT}`,
        tokenUrl(),
      ],
    ],
  ])('gets a token with %s', async (_, args) => {
    expect(await status(...args())).toBe('200')
  })

  test('--anyauth, which first sends no credentials, finds the Basic challenge and sends them', async () => {
    const { stdout, stderr } = await curl(
      '--silent',
      '--verbose',
      '--anyauth',
      '--user',
      user(),
      '--request',
      'POST',
      inQuery(),
    )
    expect(stderr).toMatch(/^< HTTP\/1\.1 401 /m)
    expect(stderr).toMatch(/^< WWW-Authenticate: Basic realm="latchkey"/m)
    expect(stderr).toMatch(/^< HTTP\/1\.1 200 /m)
    expect(stdout).toContain('"access_token"')
  })

  test('--oauth2-bearer shows the live token to verify, and a revoked token is refused on the next request', async () => {
    const verifyUrl = `${server.issuer}/v1/verify?scope=${PREDICT}`
    const token = await fetchToken()
    expect(await status('--oauth2-bearer', token, verifyUrl)).toBe('200')
    expect(await status('--user', user(), '--data-urlencode', `token=${token}`, `${server.issuer}/v1/revoke`)).toBe(
      '200',
    )
    const { stdout } = await curl('--silent', '--include', '--oauth2-bearer', token, verifyUrl)
    expect(stdout).toMatch(/^HTTP\/1\.1 401 /)
    expect(stdout).toMatch(/^Latchkey-Reason: revoked\r$/m)
  })

  test('-G, which puts the secret in the URI, is refused and ends no token', async () => {
    const token = await fetchToken()
    const credentials = [
      '--data',
      `client_id=${integration.clientId}`,
      '--data',
      `client_secret=${integration.clientSecret.reveal()}`,
    ]
    expect(await status('--get', '--request', 'POST', ...credentials, inQuery())).toBe('400')
    expect(await status('--oauth2-bearer', token, `${server.issuer}/v1/verify`)).toBe('200')
    expect(server.stderr()).not.toContain(integration.clientSecret.reveal())
  })
})
