// The text that the server prints when it is ready.
import { spawnSync } from 'node:child_process'
import { Secret } from '@latchkey/protocol'
import { describe, expect, test } from 'vitest'
import { type StartFacts, startMessage } from '../../../src/cli/start-message.ts'
import { UNTRUSTED_PROXY } from '../../../src/config/proxy-warning.ts'
import { PUBLISHED_ON_LOOPBACK } from '../../../src/config/published-warning.ts'
import { documentedRequest, walk } from '../../../src/cli/walk.ts'

const SECRET = 'lks_0123456789abcdefghijklmnopqrstuv0000'
const ISSUER = 'http://127.0.0.1:8080/oauth2/ausao8uveaPmyhv0v357'

const facts: StartFacts = {
  version: '1.2.3',
  issuer: ISSUER,
  adminUrl: 'http://127.0.0.1:8081',
  firstStart: undefined,
  setUpLink: undefined,
  command: 'npm run -s latchkey --',
  adminKey: 'here',
  secretReveal: 'operators',
  otherIssuers: [],
  warnings: [],
}
const demo = { name: 'Demo', clientId: 'lk0123456789abcd', clientSecret: new Secret(SECRET) }
const adminKeyFile = '/srv/latchkey/admin.key'

test('other servers on the database with another issuer are named, without control characters', () => {
  const message = startMessage({ ...facts, otherIssuers: ['https://other.example.com/oauth2/one', '\u001b[2J'] })
  expect(message).toContain('    https://other.example.com/oauth2/one\n')
  expect(message).toContain('LATCHKEY_PUBLIC_URL')
  // eslint-disable-next-line no-control-regex -- the test proves that there are no control characters
  expect(message).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f]/)
})

test('each warning names its setting', () => {
  const message = startMessage({ ...facts, warnings: [UNTRUSTED_PROXY, PUBLISHED_ON_LOOPBACK] })
  expect(message.match(/^Careful: \S+/gm)).toEqual([
    'Careful: LATCHKEY_TRUSTED_PROXIES',
    'Careful: LATCHKEY_PUBLISHED_ON',
  ])
  expect(message).toContain(`\n${PUBLISHED_ON_LOOPBACK.cure}\n`)
})

test('a warning names the setting and says what to do', () => {
  const message = startMessage({ ...facts, warnings: [UNTRUSTED_PROXY] })
  expect(message).toContain('Careful: LATCHKEY_TRUSTED_PROXIES is not set')
  expect(message).toContain(`\n${UNTRUSTED_PROXY.cure}\n`)
})

describe('at a first start', () => {
  const message = startMessage({ ...facts, firstStart: { demo, adminKeyFile } })

  test('the credentials are shown once, as shell commands', () => {
    expect(message).toContain(`    CLIENT_ID='lk0123456789abcd'\n    CLIENT_SECRET='${SECRET}'\n`)
    expect(message.split(SECRET)).toHaveLength(2)
  })

  test('the credentials are in the console too, unless the server never shows a secret again', () => {
    expect(message).toContain('The console has them too.')
    const never = startMessage({ ...facts, secretReveal: 'never', firstStart: { demo, adminKeyFile } })
    expect(never).toContain('They are shown only this time.')
    expect(never).not.toContain('The console has them too.')
  })

  test('four steps lead to a superseded token', () => {
    expect(message.match(/^[0-9]+\. /gm)).toEqual(['1. ', '2. ', '3. ', '4. '])
    expect(message).toContain('superseded')
  })

  test('the command for an own integration is shown', () => {
    expect(message).toContain(
      "    npm run -s latchkey -- integrations create --name 'Billing sync' --scope machinelearning.predict\n",
    )
  })

  test('the URLs are shown', () => {
    expect(message).toContain(`${ISSUER}/v1/token`)
    expect(message).toContain('http://127.0.0.1:8081/admin/v1')
    expect(message).toContain(adminKeyFile)
  })

  test('the text is plain, and its prose fits a terminal', () => {
    // eslint-disable-next-line no-control-regex -- the test proves that there are no control characters
    expect(message).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f]/)
    const prose = message.split('\n').filter((line) => !line.startsWith('  '))
    expect(prose.filter((line) => line.length > 105)).toEqual([])
  })
})

test('a first start without the demo says how to create an integration', () => {
  const message = startMessage({ ...facts, firstStart: { demo: undefined, adminKeyFile } })
  expect(message).toContain('LATCHKEY_DEMO=off')
  expect(message).toContain("integrations create --name 'Billing sync'")
  expect(message).not.toContain('curl')
})

test('later starts print a few lines', () => {
  const message = startMessage(facts)
  expect(message.trim().split('\n')).toHaveLength(6)
  expect(message).toContain('integrations list')
})

describe('while there is no owner', () => {
  const setUpLink = new Secret('http://127.0.0.1:8081/set-up#planted-code')

  test('the set-up link is shown once, with the command for a new link', () => {
    const message = startMessage({ ...facts, setUpLink })
    expect(message.split('http://127.0.0.1:8081/set-up#planted-code')).toHaveLength(2)
    expect(message).toContain('npm run -s latchkey -- setup-link')
  })

  test('a server without an admin key shows no command that needs the key', () => {
    const message = startMessage({ ...facts, setUpLink, adminKey: 'elsewhere' })
    expect(message).not.toContain(facts.command)
    expect(message).toContain('in the folder of the first start')
  })

  test('the first start shows the link too', () => {
    const message = startMessage({ ...facts, setUpLink, firstStart: { demo, adminKeyFile } })
    expect(message).toContain('planted-code')
    expect(message.indexOf('Start here: open the link')).toBeLessThan(message.indexOf('CLIENT_SECRET='))
  })
})

describe('the shell commands for a first try', () => {
  const steps = walk({ ...demo, issuer: ISSUER, secretReveal: 'operators' })

  test('send exactly the documented token request', () => {
    expect(documentedRequest(ISSUER).join('\n')).toBe(`curl --request POST \\
  --url 'http://127.0.0.1:8080/oauth2/ausao8uveaPmyhv0v357/v1/token?scope=machinelearning.predict&grant_type=client_credentials' \\
  --header 'Accept: application/json' \\
  --header "Authorization: Basic $(echo -n "$CLIENT_ID:$CLIENT_SECRET" | base64)" \\
  --header 'Cache-Control: no-cache' \\
  --header 'Content-Type: application/x-www-form-urlencoded'`)
    expect(steps[1]?.commands.join('\n')).toContain(documentedRequest(ISSUER).join('\n'))
  })

  test.skipIf(process.platform === 'win32')('run in a POSIX shell, step by step', () => {
    for (const { commands } of steps) {
      const { status, stderr } = spawnSync('sh', ['-n'], { input: `${commands.join('\n')}\n`, encoding: 'utf8' })
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    }
  })

  test('have no comments, because an interactive zsh would run them', () => {
    expect(steps.flatMap(({ commands }) => commands).filter((line) => line.includes('#'))).toEqual([])
  })
})
