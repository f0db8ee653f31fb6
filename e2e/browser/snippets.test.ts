// The ways to a token that the console shows: the documented ones word for word, and each of them run.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { BASE64_COMMAND, curlCommand, envFile, snippetsOf } from '../../packages/console/src/snippets/snippets.ts'
import { has } from '../../scripts/programs.mjs'
import { readPage, ROOT } from '../documentation/page.ts'
import { aShell } from '../documentation/shell.ts'
import { createIntegration, PREDICT } from '../integrations.ts'
import { startRealServer } from '../real-server.ts'

describe('the snippets of the console', () => {
  test('have the base64 and the curl command as the documentation has them', () => {
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
    // Debian's gccgo comes with its library compiled.
    go: 'set -a; . ./.env; gccgo -o program snippet.go && ./program',
    agent: `latchkey() { '${process.execPath}' '${join(ROOT, 'packages/latchkey/bin/latchkey.js')}' "$@" > agent.log 2>&1; }; . ./snippet`,
  } as const

  test
    .skipIf(!has('curl') || !has('python3') || !has('gccgo'))
    .each(['curl', 'node', 'python', 'go', 'agent'] as const)('get a token, as they stand: %s', async (id) => {
    const server = await startRealServer()
    const { clientId, clientSecret } = await createIntegration(server)
    const facts = {
      tokenEndpoint: `${server.issuer}/v1/token`,
      clientId,
      clientSecret: clientSecret.reveal(),
      scope: PREDICT,
    }
    const code = snippetsOf(facts).find((snippet) => snippet.id === id)?.code ?? ''
    const name = id === 'node' ? 'snippet.mjs' : id === 'go' ? 'snippet.go' : 'snippet'
    writeFileSync(join(server.dataDir, name), code)
    writeFileSync(join(server.dataDir, '.env'), envFile(facts))
    const { stdout } = await aShell({ cwd: server.dataDir }).run(COMMANDS[id].replace('.env snippet', `.env ${name}`))
    expect(stdout).toMatch(/eyJ[\w-]+\.[\w-]+\.[\w-]+/)
  })
})
