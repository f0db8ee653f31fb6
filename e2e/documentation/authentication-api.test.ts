// docs/authentication-api.md: the test runs every shell block of the page unchanged in one shell, in the order of a
// reader.
import { decodeJwt } from 'jose'
import { describe, expect, test } from 'vitest'
import { has } from '../../scripts/programs.mjs'
import { Connection } from '../connection.ts'
import { createIntegration, type Integration, PREDICT } from '../integrations.ts'
import { aTemporaryFolder, type RealServer, startRealServer } from '../real-server.ts'
import { readPage, ROOT } from './page.ts'
import { pathWithLatchkey } from './path-with-latchkey.ts'
import { aShell, type Output, type Shell } from './shell.ts'

const page = readPage('docs/authentication-api.md')
const LOCATE = '1. Locate your integration'
const COMPOSE = '2. Compose your request'
const FETCH = '3. Fetch the token'
const REFRESH = '4. Refresh it'
const BESIDE = '5. Run beside others'
const EXPIRE = 'Watch a token expire'
const TLS = 'Over TLS'

/** The page uses the default port, and the server of a test uses another port. Only the port is changed. */
const addressed = (block: string, { publicUrl }: RealServer): string => {
  const { protocol, host } = new URL(publicUrl)
  return block.replaceAll(`${protocol}//127.0.0.1:8080`, `${protocol}//${host}`)
}

async function runAll(blocks: readonly string[], shell: Shell, server: RealServer): Promise<readonly Output[]> {
  const outputs: Output[] = []
  for (const block of blocks) {
    const output = await shell.run(addressed(block, server))
    expect(output, block).toMatchObject({ status: 0 })
    outputs.push(output)
  }
  return outputs
}

/** Returns the variables that `NAME=value … latchkey serve` sets. */
function startVariables(block: string): Readonly<Record<string, string>> {
  const words = block.split(' ')
  expect(words.slice(-2)).toEqual(['latchkey', 'serve'])
  return Object.fromEntries(words.slice(0, -2).map((word) => word.split('=') as [string, string]))
}

const credentials = ({ clientId, clientSecret }: Integration) => ({
  CLIENT_ID: clientId,
  CLIENT_SECRET: clientSecret.reveal(),
})

test('every shell block of the page is run by this test', () => {
  const sections = page.blocks.filter(({ language }) => language === 'sh').map(({ section }) => section)
  expect([...new Set(sections)]).toEqual([LOCATE, COMPOSE, FETCH, REFRESH, BESIDE, EXPIRE, TLS])
})

test('the page contains the documented request unchanged', () => {
  const documented = [
    'curl --request POST \\',
    `  --url 'http://127.0.0.1:8080/oauth2/ausao8uveaPmyhv0v357/v1/token?scope=machinelearning.predict&grant_type=client_credentials' \\`,
    `  --header 'Accept: application/json' \\`,
    `  --header "Authorization: Basic $(echo -n "$CLIENT_ID:$CLIENT_SECRET" | base64)" \\`,
    `  --header 'Cache-Control: no-cache' \\`,
    `  --header 'Content-Type: application/x-www-form-urlencoded'`,
  ]
  expect(page.section(FETCH, 'sh')[0]).toBe(documented.join('\n'))
})

describe.skipIf(!has('curl'))('a reader of the page', () => {
  test('locates an integration, composes the request, fetches a token and refreshes it', async () => {
    const server = await startRealServer()
    const shell = aShell({ cwd: ROOT, env: { LATCHKEY_DATA_DIR: server.dataDir, ...pathWithLatchkey() } })

    const [, , listed] = await runAll(page.section(LOCATE, 'sh'), shell, server)
    const { stdout: clientId } = await shell.run('printf %s "$CLIENT_ID"')
    expect(clientId).toMatch(/^lk[a-z0-9]{14}$/)
    expect(listed?.stdout).toContain(clientId)

    const [encoded] = await runAll(page.section(COMPOSE, 'sh'), shell, server)
    expect(encoded?.stdout).toMatch(/^[A-Za-z0-9+/]{76}\n$/)

    const [answered, , verified] = await runAll(page.section(FETCH, 'sh'), shell, server)
    expect(JSON.parse(answered?.stdout ?? '')).toEqual({
      token_type: 'Bearer',
      expires_in: 3600,
      access_token: expect.stringContaining('.') as unknown,
      scope: PREDICT,
    })
    expect(verified?.stdout).toMatch(/^HTTP\/1\.1 200 OK\r$/m)
    expect(verified?.stdout).toContain(`X-Latchkey-Client-Id: ${clientId}\r\n`)

    const { stdout: token } = await shell.run('printf %s "$TOKEN"')
    const [decoded, reported, refused] = await runAll(page.section(REFRESH, 'sh'), shell, server)
    const claims = decodeJwt(token)
    expect(JSON.parse(decoded?.stdout ?? '')).toEqual(claims)
    const [, exp, seconds] = /^expires at (\d+), in (\d+) seconds\n$/.exec(reported?.stdout ?? '') ?? []
    expect(Number(exp)).toBe(claims.exp)
    expect(Number(seconds)).toBeGreaterThan(3540)
    expect(refused?.stdout).toMatch(/^HTTP\/1\.1 401 Unauthorized\r$/m)
    expect(refused?.stdout).toMatch(/^Latchkey-Reason: superseded\r$/m)
    const { stdout: newer } = await shell.run('printf %s "$TOKEN"')
    expect((await new Connection(server).verify(newer, PREDICT)).status).toBe(200)
  })

  test('runs the loop in several shells at once, and all of them use one token without a 401', async () => {
    const server = await startRealServer()
    const env = credentials(await createIntegration(server))
    const shells = Array.from({ length: 4 }, () => aShell({ cwd: ROOT, env }))
    const outputs = await Promise.all(shells.map((shell) => runAll(page.section(BESIDE, 'sh'), shell, server)))
    const lines = 'call 1: 200\ncall 2: 200\ncall 3: 200\n'
    expect(outputs.map((output) => output.at(-1)?.stdout)).toEqual(shells.map(() => lines))
    const ended = await Promise.all(shells.map((shell) => shell.run('printf "%s %s" "$GENERATION" "$TOKEN"')))
    expect(new Set(ended.map(({ stdout }) => stdout.split(' ')[0])).size).toBe(1)

    // After the revocation one shell gets a 401, and then a new token. The other shells get the same new token.
    const [first] = shells
    const token = ended[0]?.stdout.split(' ')[1] ?? ''
    const revoke = `curl --silent --user "$CLIENT_ID:$CLIENT_SECRET" --data token=${token} ${server.issuer}/v1/revoke`
    expect(await first?.run(revoke)).toMatchObject({ status: 0 })
    const again = 'call; if [ "$STATUS" = 401 ]; then renew; call; fi; printf "%s %s" "$STATUS" "$GENERATION"'
    const answers = await Promise.all(shells.map((shell) => shell.run(again)))
    expect(new Set(answers.map((answer) => answer.stdout)).size).toBe(1)
    expect(answers[0]?.stdout).toMatch(/^200 [1-9][0-9]*$/)
  })

  test('sees a token with a lifetime of five seconds end with 401 expired', async () => {
    const [start = '', ...blocks] = page.section(EXPIRE, 'sh')
    const env = startVariables(start)
    expect(env).toEqual({ LATCHKEY_TOKEN_LIFETIME: '5' })
    const server = await startRealServer({ env })
    const shell = aShell({ cwd: ROOT, env: credentials(await createIntegration(server)) })
    const [waited] = await runAll(blocks, shell, server)
    expect(waited?.stdout).toBe('Latchkey-Reason: expired\r\n')
    const { stdout: token } = await shell.run('printf %s "$TOKEN"')
    const { exp = 0, iat = 0 } = decodeJwt(token)
    expect(exp - iat).toBe(5)
    expect(Date.now() / 1000).toBeGreaterThanOrEqual(exp)
    const verdict = await new Connection(server).verify(token)
    expect(verdict.status).toBe(401)
    expect(verdict.headers['www-authenticate']).toContain('error="invalid_token"')
  })

  test.skipIf(!has('openssl'))(
    'gets a token over TLS with the documented request and a certificate of their own',
    async () => {
      const [certificate = '', start = '', request = ''] = page.section(TLS, 'sh')
      const folder = aTemporaryFolder()
      const maker = aShell({ cwd: folder })
      expect(await maker.run(certificate)).toMatchObject({ status: 0 })

      const server = await startRealServer({ dataDir: folder, env: startVariables(start) })
      const integration = await createIntegration(server)
      const shell = aShell({ cwd: folder, env: credentials(integration) })
      const { stdout, status } = await shell.run(addressed(request, server))
      expect(status).toBe(0)
      const { access_token: token } = JSON.parse(stdout) as { access_token: string }
      expect(decodeJwt(token).iss).toBe(server.issuer)
      expect(server.issuer).toMatch(/^https:/)
      const verify = `curl --silent --cacert tls.crt --output /dev/null --write-out '%{http_code}' --header 'Authorization: Bearer ${token}' ${server.issuer}/v1/verify`
      expect((await shell.run(verify)).stdout).toBe('200')

      const untrusting = await shell.run(addressed(request, server).replace('--cacert tls.crt', ''))
      expect(untrusting.status).toBe(60) // Exit code 60 of curl means that the peer's certificate is not trusted.
      const inTheClear = await shell.run(addressed(request, server).replace('https://', 'http://'))
      expect(inTheClear.stdout).not.toContain('access_token')
    },
  )
})

test('the output of echo -n and base64 is one line for every pair of credentials that the server generates', async () => {
  const server = await startRealServer()
  const [encode = ''] = page.section(COMPOSE, 'sh')
  for (let i = 0; i < 10; i++) {
    const integration = await createIntegration(server)
    const { stdout } = await aShell({ cwd: ROOT, env: credentials(integration) }).run(encode)
    expect(`Basic ${stdout}`).toBe(`${integration.basic}\n`)
  }
})

test("the page's command decodes a payload of any length, although base64url omits the padding", async () => {
  const [decode = ''] = page.section(REFRESH, 'sh')
  const shell = aShell({ cwd: ROOT })
  // Payload lengths with each remainder modulo 3, so every amount of padding occurs. The base64url of the last payload
  // has both - and _.
  for (const sub of ['', '?', '??', '~~~???']) {
    const payload = JSON.stringify({ sub, exp: 1_800_000_000 })
    const token = `e30.${Buffer.from(payload).toString('base64url')}.c2ln`
    const decoded = await shell.run(`TOKEN='${token}'\n${decode}`)
    expect(decoded).toEqual({ status: 0, stdout: payload, stderr: '' })
    // Some programs accept missing padding, and others refuse it.
    const { stdout } = await shell.run('printf %s "$PAYLOAD"')
    expect(stdout).toBe(Buffer.from(payload).toString('base64'))
  }
})
