// latchkey token request, decode and explain, against a real server.
import { join } from 'node:path'
import { writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aFolder } from '../../a-folder.ts'
import { MODEL, PREDICT, startTestServer, TestClock, type TestIntegration, type TestServer } from '../../a-server.ts'
import { latchkey, type TerminalSettings } from '../../run-command.ts'

let server: TestServer
let integration: TestIntegration
const clock = new TestClock()
beforeAll(async () => {
  server = await startTestServer({ clock })
  integration = await server.integration()
})
afterAll(() => server.stop())

const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}, terminal: TerminalSettings = {}) =>
  latchkey(['token', ...args], { LATCHKEY_DATA_DIR: server.dataDir, ...env }, terminal)

const request = (...args: readonly string[]) =>
  run(['request', '--client-id', integration.clientId, '--scope', PREDICT, ...args], {
    LATCHKEY_CLIENT_SECRET: integration.clientSecret.reveal(),
  })

describe('token request', () => {
  test('prints only the token on standard output, and the server accepts the token', async () => {
    const { exitCode, stdout, stderr } = await request()
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/)
    expect(await server.verify(stdout.trim(), PREDICT)).toMatchObject({ status: 200 })
    expect(stderr).toContain('valid for 1h')
    expect(stderr).not.toContain(stdout.trim())
  })

  test('with --json prints the answer of the token endpoint', async () => {
    expect(JSON.parse((await request('--json')).stdout)).toMatchObject({
      token_type: 'Bearer',
      expires_in: 3600,
      scope: PREDICT,
    })
  })

  test('accepts the client ID from the environment, and the secret from a file, from a variable that names a file, or from standard input', async () => {
    const secret = integration.clientSecret.reveal()
    const file = join(aFolder({ secret: `${secret}\n` }), 'secret')
    const requested = ['request', '--scope', PREDICT]
    const env = { LATCHKEY_CLIENT_ID: integration.clientId }
    expect(await run([...requested, '--secret-file', file], env)).toMatchObject({ exitCode: 0 })
    expect(await run(requested, { ...env, LATCHKEY_CLIENT_SECRET_FILE: file })).toMatchObject({ exitCode: 0 })
    expect(await run(requested, env, { stdin: `${secret}\n` })).toMatchObject({ exitCode: 0 })
    expect(await run([...requested, '--secret-file', '-'], env, { stdin: secret })).toMatchObject({ exitCode: 0 })
  })

  test('finds a typing error in the secret without asking the server', async () => {
    const right = integration.clientSecret.reveal()
    const wrong = `${right.slice(0, 10)}${right[10] === 'a' ? 'b' : 'a'}${right.slice(11)}`
    // No program listens at this address.
    const args = ['request', '--issuer', 'http://127.0.0.1:1/oauth2/x', '--client-id', integration.clientId]
    const { exitCode, stdout, stderr } = await run(args, {}, { stdin: wrong })
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    expect(stderr).toContain('typing error')
    expect(stderr).not.toContain(wrong)
  })

  test.each([
    ['no client', [], {}, 'LATCHKEY_CLIENT_ID'],
    ['a terminal for the secret', ['--client-id', 'lk0123456789abcd'], {}, 'is a terminal'],
    ['an empty standard input', ['--client-id', 'lk0123456789abcd'], { stdin: '\n' }, 'is empty'],
    ['a file that is not there', ['--client-id', 'lk0123456789abcd', '--secret-file', '/nowhere/secret'], {}, 'ENOENT'],
    ['two lines', ['--client-id', 'lk0123456789abcd'], { stdin: 'one\ntwo' }, 'line break'],
    ['a very long secret', ['--client-id', 'lk0123456789abcd'], { stdin: 'x'.repeat(100_000) }, 'too long'],
  ])('with %s is exit code 2 and says what to do', async (_, args, terminal: TerminalSettings, word) => {
    const { exitCode, stdout, stderr } = await run(['request', ...args], {}, terminal)
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    expect(stderr).toContain(word)
  })

  test('is exit code 4 if the credentials are refused, and exit code 2 if the scope is refused', async () => {
    const args = ['request', '--client-id', integration.clientId]
    const credentials = await run([...args, '--scope', PREDICT], {}, { stdin: 'some-other-secret' })
    expect(credentials).toMatchObject({ exitCode: 4, stdout: '' })
    expect(credentials.stderr).toContain('invalid_client')
    const scope = await run([...args, '--scope', 'nope', '--json'], {}, { stdin: integration.clientSecret.reveal() })
    expect(scope.exitCode).toBe(2)
    expect(JSON.parse(scope.stdout)).toMatchObject({ error: { code: 'invalid_scope', status: 400, exit_code: 2 } })
  })

  test('never sends the secret in plain text to another machine', async () => {
    const args = ['request', '--issuer', 'http://192.0.2.1/oauth2/x', '--client-id', integration.clientId]
    const { exitCode, stderr } = await run(args, {}, { stdin: integration.clientSecret.reveal() })
    expect(exitCode).toBe(2)
    expect(stderr).toContain('in plain text')
  })

  test('without a server is exit code 5', async () => {
    const args = ['request', '--issuer', 'http://127.0.0.1:1/oauth2/x', '--client-id', integration.clientId]
    expect(await run(args, {}, { stdin: 'secret' })).toMatchObject({ exitCode: 5, stdout: '' })
  })
})

describe('token decode', () => {
  test('shows header, claims and times, and says that nothing was verified', async () => {
    const token = await server.token(integration)
    const { exitCode, stdout, stderr } = await run(['decode'], {}, { stdin: token, screen: true })
    expect(exitCode).toBe(0)
    expect(stderr).toContain('Not verified')
    expect(stdout).toMatch(/^header\.typ +at\+jwt$/m)
    expect(stdout).toMatch(/^scp +\["machinelearning\.predict"\]$/m)
    expect(stdout).toMatch(/^expires +\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/m)
    expect(stdout).toMatch(/^time left +(?:1h|59m \d+s)$/m)
  })

  test('with --json is one document with verified: false', async () => {
    const token = await server.token(integration)
    const file = join(aFolder({ token }), 'token')
    const { stdout } = await run(['decode', '--token-file', file, '--json'])
    expect(JSON.parse(stdout)).toMatchObject({
      verified: false,
      header: { typ: 'at+jwt' },
      claims: { client_id: integration.clientId, scope: PREDICT },
      issued_at: expect.stringMatching(/Z$/) as string,
    })
  })

  test('takes the whole answer of a token endpoint', async () => {
    const answer = await (await server.requestToken(integration)).text()
    expect((await run(['decode'], {}, { stdin: answer })).stdout).toContain(integration.clientId)
  })

  test.each(['', 'opaque', 'a.b', 'a.b.c', 'eyJ9.eyJ9.x', `${'e30'}.${Buffer.from('[1]').toString('base64url')}.x`])(
    'of %j, which is no JWT, is exit code 2',
    async (text) => {
      expect(await run(['decode'], {}, { stdin: text })).toMatchObject({ exitCode: 2, stdout: '' })
    },
  )

  test('of a forged token prints no control characters', async () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const token = `${part({ alg: '\u001b[2J' })}.${part({ 'a\u202eb': '\u001b]0;x\u0007\n\tfake' })}.x`
    const { stdout } = await run(['decode'], {}, { stdin: token })
    expect(stdout.replaceAll(/[\t\n]/g, '')).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u)
    expect(stdout.trimEnd().split('\n')).toHaveLength(2)
  })
})

describe('token explain', () => {
  const explain = (token: string, ...args: readonly string[]) => run(['explain', ...args], {}, { stdin: token })

  test('of a live token is exit code 0 and names its client and scope', async () => {
    const { exitCode, stdout } = await explain(await server.token(integration), '--scope', PREDICT)
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(new RegExp(`^accepted\nclient ID\t${integration.clientId}\nscope\t${PREDICT}\njti\t`))
  })

  test('of a superseded token is exit code 6 and says how to find the program that replaced the token', async () => {
    const before = await server.token(integration)
    await server.token(integration)
    const { exitCode, stdout, stderr } = await explain(before)
    expect({ exitCode, stdout }).toEqual({ exitCode: 6, stdout: 'refused: superseded\n' })
    expect(stderr).toMatch(/superseded by a newer one at \d{4}-/)
    expect(stderr).toContain(`latchkey tokens history ${integration.clientId} ${PREDICT}`)
    expect(stderr).not.toContain(before)
  })

  test('says for each reason what to do', async () => {
    const reasonOf = async (token: string, ...args: readonly string[]) => {
      const { exitCode, stdout } = await explain(token, '--json', ...args)
      const verdict = JSON.parse(stdout) as { accepted: boolean; reason: string; cure: string }
      expect({ exitCode, accepted: verdict.accepted }).toEqual({ exitCode: 6, accepted: false })
      expect(verdict.cure.length).toBeGreaterThan(20)
      return verdict.reason
    }
    const live = await server.token(integration, MODEL)
    expect(await reasonOf(live, '--scope', PREDICT)).toBe('insufficient_scope')
    expect(await reasonOf('some.thing.else')).toBe('malformed')
    expect(await reasonOf(withOtherSignature(live))).toBe('bad_signature')
    await server.revoke(integration, live)
    expect(await reasonOf(live)).toBe('revoked')
    const late = await server.token(integration, MODEL)
    clock.advance(3600)
    expect(await reasonOf(late)).toBe('expired')
  })

  test('is exit code 1 if the server is another program than Latchkey', async () => {
    const token = await server.token(integration)
    const { exitCode, stderr } = await explain(token, '--issuer', server.adminUrl)
    expect(exitCode).toBe(1)
    expect(stderr).toContain('not Latchkey')
  })

  test('of text that no header can contain is exit code 2', async () => {
    expect(await explain('two words')).toMatchObject({ exitCode: 2, stdout: '' })
  })
})

test('the issuer is made from LATCHKEY_PUBLIC_URL and LATCHKEY_AUTH_SERVER_ID if they are set', async () => {
  const folder = aFolder()
  writeFileSync(join(folder, 'server.json'), '{"public_url":"http://127.0.0.1:1"}')
  const env = { LATCHKEY_DATA_DIR: folder, LATCHKEY_PUBLIC_URL: server.publicUrl }
  const token = await server.token(integration)
  expect(await run(['explain'], env, { stdin: token })).toMatchObject({ exitCode: 0 })
  const other = { ...env, LATCHKEY_AUTH_SERVER_ID: 'other' }
  expect(await run(['explain'], other, { stdin: token })).toMatchObject({ exitCode: 1 })
})

/** Changes one character inside the signature. The text still has the form of a signature. */
function withOtherSignature(token: string): string {
  const at = token.length - 30
  return `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`
}
