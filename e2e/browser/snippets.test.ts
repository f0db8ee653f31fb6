// The snippets of the console that get a token: equal to the documented snippets, and each of them run.
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  BASE64_COMMAND,
  curlCommand,
  envFile,
  SECRET_PLACEHOLDER,
  type SnippetFacts,
  snippetsOf,
} from '../../packages/console/src/snippets/snippets.ts'
import { keySnippetsOf } from '../../packages/console/src/snippets/key-snippets.ts'
import { aFolder } from '../../packages/latchkey/test/a-folder.ts'
import { has } from '../../scripts/programs.mjs'
import { readPage, ROOT } from '../documentation/page.ts'
import { aShell, type Output } from '../documentation/shell.ts'
import { addKey, aKeyPair } from '../client-keys.ts'
import { createIntegration, createScope, type Integration, PREDICT } from '../integrations.ts'
import { type RealServer, startRealServer } from '../real-server.ts'
import { PROGRAM } from '../run-cli.ts'

describe('the snippets of the console', () => {
  test('contain the same base64 and curl commands as the documentation', () => {
    const page = readPage('docs/authentication-api.md')
    const tokenEndpoint = 'http://127.0.0.1:8080/oauth2/ausao8uveaPmyhv0v357/v1/token'
    const facts = { tokenEndpoint, clientId: 'lk0', clientSecret: undefined, scope: PREDICT }
    expect(page.section('2. Compose your request', 'sh')).toContain(BASE64_COMMAND)
    expect(page.section('3. Fetch the token', 'sh')[0]).toBe(curlCommand(facts))
  })

  const COMMANDS = {
    curl: 'sh ./snippet',
    node: `${process.execPath} --env-file=.env snippet`,
    python: 'set -a; . ./.env; python3 snippet',
    // The Go snippet runs with gccgo, because Debian packages gccgo's standard library in compiled form.
    go: 'set -a; . ./.env; gccgo -o program snippet.go && ./program',
    agent: `latchkey() { '${process.execPath}' '${PROGRAM}' "$@" > agent.log 2>&1; }; . ./snippet`,
  } as const

  const canRun = has('curl') && has('python3') && has('gccgo')

  test.skipIf(!canRun).each(['curl', 'node', 'python', 'go', 'agent'] as const)(
    'get a token when they are run unchanged: %s',
    async (id) => {
      const server = await startRealServer()
      const { clientId, clientSecret } = await createIntegration(server)
      const facts = factsOf(server, { clientId, clientSecret, scope: PREDICT })
      expect(await tokenBy(id, facts, server.dataDir)).toMatchObject({ scope: PREDICT })
    },
  )

  // Names of scopes. Each name ends the string literal of one language, and then creates a file.
  const HOSTILE = [
    'x;touch${IFS}broken-out',
    "x'$(touch${IFS}broken-out)'",
    "x'`touch${IFS}broken-out`;'",
    "x'+process.getBuiltinModule('fs').writeFileSync('broken-out','')+'",
    "'+__import__('os').system('touch${IFS}broken-out')+'",
    "a','b",
    '#%s${x}{y}&grant_type=z',
  ]

  test.skipIf(!canRun).each(['curl', 'node', 'python', 'go', 'agent'] as const)(
    'get a token for a scope whose name is a program, and do not run it: %s',
    async (id) => {
      const server = await startRealServer()
      for (const name of HOSTILE) await createScope(server, name)
      const { clientId, clientSecret } = await createIntegration(server, { scopes: HOSTILE })
      for (const [index, scope] of HOSTILE.entries()) {
        const folder = join(server.dataDir, `hostile-${String(index)}`)
        mkdirSync(folder)
        const facts = factsOf(server, { clientId, clientSecret, scope })
        expect(await tokenBy(id, facts, folder), scope).toMatchObject({ scope })
        expect(existsSync(join(folder, 'broken-out')), scope).toBe(false)
      }
    },
  )

  test.each(HOSTILE)(
    'keep the name of the scope %s when a shell reads the .env file, which runs nothing',
    async (scope) => {
      const folder = aFolder()
      const clientSecret = undefined
      writeFileSync(
        join(folder, '.env'),
        envFile({ tokenEndpoint: 'http://[::1]:1/v1/token', clientId: 'lk0', clientSecret, scope }),
      )
      const { stdout } = await aShell({ cwd: folder }).run(`. ./.env; printf '%s\\n' "$SCOPE" "$CLIENT_SECRET"`)
      expect(stdout.trimEnd().split('\n')).toEqual([scope, SECRET_PLACEHOLDER])
      expect(readdirSync(folder)).toEqual(['.env'])
    },
  )

  const KEY_COMMANDS = {
    terminal: `latchkey() { '${process.execPath}' '${PROGRAM}' "$@"; }; . ./snippet`,
    node: `${process.execPath} snippet.mjs`,
    agent: COMMANDS.agent,
  } as const
  const HOSTILE_KEY_IDS = ["x'$(touch broken-out)'", "x'`touch broken-out`;'", "a', keyId: 'b", '#: {x} %s']

  test.skipIf(!has('curl')).each(['terminal', 'node', 'agent'] as const)(
    'get a token with a private key, whatever its key ID is: %s',
    async (id) => {
      const server = await startRealServer()
      for (const [index, kid] of [undefined, 'billing-2027', ...HOSTILE_KEY_IDS].entries()) {
        const { id: integrationId, clientId } = await createIntegration(server)
        const { privateKey, jwk } = aKeyPair('P-256')
        const { alg } = await addKey(server, integrationId, { ...jwk, ...(kid !== undefined && { kid }) })
        const folder = join(server.dataDir, `key-${String(index)}`)
        mkdirSync(folder)
        // The library is found in the same way as in a project that has installed it.
        symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
        const pem = privateKey.export({ type: 'pkcs8', format: 'pem' })
        writeFileSync(join(folder, 'client.pem'), pem, { mode: 0o600 })
        const facts = { issuer: server.issuer, clientId, scope: PREDICT, keyId: kid, alg }
        const code = keySnippetsOf(facts).find((snippet) => snippet.id === id)?.code ?? ''
        writeFileSync(join(folder, id === 'node' ? 'snippet.mjs' : 'snippet'), code)
        const output = await aShell({ cwd: folder }).run(KEY_COMMANDS[id])
        expect(claimsIn(output), kid).toMatchObject({ client_id: clientId, scope: PREDICT })
        expect(existsSync(join(folder, 'broken-out')), kid).toBe(false)
      }
    },
  )

  async function tokenBy(id: keyof typeof COMMANDS, facts: SnippetFacts, folder: string): Promise<unknown> {
    const code = snippetsOf(facts).find((snippet) => snippet.id === id)?.code ?? ''
    const name = id === 'node' ? 'snippet.mjs' : id === 'go' ? 'snippet.go' : 'snippet'
    writeFileSync(join(folder, name), code)
    writeFileSync(join(folder, '.env'), envFile(facts))
    const command = COMMANDS[id].replace('.env snippet', `.env ${name}`)
    return claimsIn(await aShell({ cwd: folder }).run(command))
  }
})

/** Returns the claims of the token that a snippet printed. */
function claimsIn({ stdout, stderr }: Output): unknown {
  const [, claims] = /eyJ[\w-]+\.([\w-]+)\.[\w-]+/.exec(stdout) ?? []
  if (claims === undefined) throw new Error(`no token: ${stderr}`)
  return JSON.parse(Buffer.from(claims, 'base64url').toString())
}

const factsOf = (
  { issuer }: RealServer,
  { clientId, clientSecret, scope }: Pick<Integration, 'clientId' | 'clientSecret'> & { readonly scope: string },
): SnippetFacts => ({ tokenEndpoint: `${issuer}/v1/token`, clientId, clientSecret: clientSecret.reveal(), scope })
