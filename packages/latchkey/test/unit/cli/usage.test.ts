// The command line as a whole: help, refusals, exit codes, one JSON document with --json.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { aFolder } from '../../a-folder.ts'
import { latchkey } from '../../run-command.ts'
import { leaves } from './leaves.ts'

test('--help lists the commands and gives examples, on standard output', async () => {
  const { exitCode, stdout, stderr } = await latchkey(['--help'])
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  for (const word of ['serve', 'integrations', 'config', 'Examples:', 'Exit codes:']) expect(stdout).toContain(word)
})

test('the --help of every command has a description and an example, and the command takes --json', async () => {
  const commands = await leaves([])
  expect(commands.length).toBeGreaterThan(35)
  for (const command of commands) {
    const { exitCode, stdout } = await latchkey([...command, '--help'])
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(new RegExp(`Examples?:\\n[^]*latchkey ${command.join(' ')}`))
    if (!['serve', 'gateway', 'agent'].includes(command[0] ?? '')) expect(stdout).toContain('--json')
  }
})

test('the help of every command fits a terminal', async () => {
  for (const command of [...(await leaves([])), ['migrate'], ['integrations'], []]) {
    const { stdout } = await latchkey([...command, '--help'])
    // An example is one line, so that an operator can paste it.
    const prose = stdout.split('\n').filter((line) => !/^ {2}.*latchkey /.test(line))
    const tooLong = prose.filter((line) => line.length > 100)
    expect({ command, tooLong }).toEqual({ command, tooLong: [] })
  }
})

test('no command accepts a secret, a token or a key as the value of a flag', async () => {
  for (const command of await leaves([])) {
    const { stdout } = await latchkey([...command, '--help'])
    const flags = stdout.match(/--[a-z-]+ <[^>]+>/g) ?? []
    const suspicious = flags.filter((flag) => /secret|token|admin-key|password/.test(flag))
    expect(
      suspicious.filter(
        (flag) => !/^--(?:[a-z-]+-file <|token-lifetime <|secret-expires <|secret-reveal <)/.test(flag),
      ),
    ).toEqual([])
  }
})

test('--version prints only the version', async () => {
  const { exitCode, stdout } = await latchkey(['--version'])
  expect(exitCode).toBe(0)
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
})

describe('a usage error is exit code 2 with an explanation:', () => {
  test.each([
    [['integratoins'], 'Did you mean integrations?'],
    [['serve', '--prot', '1'], 'Did you mean --port?'],
    [['integrations', 'lst'], 'Did you mean list?'],
    [['keys', 'rotat'], 'Did you mean rotate?'],
    [['integrations', 'list', '--status', 'off'], 'Allowed choices are active, disabled'],
    [['integrations', 'list', '--limit', '0'], 'whole number from 1'],
    [['secrets', 'rotate', 'lk', '--overlap', 'soon'], 'such as 90s'],
    [['integrations', 'update', 'lk'], 'Nothing to change'],
    [['integrations', 'create', '--name', 'x'], "required option '--scope <scope>'"],
    [['integrations', 'disable'], "missing required argument 'integration'"],
    [['serve', 'now'], 'too many arguments'],
    [['integrations'], 'Usage: latchkey integrations'],
    [[], 'Usage: latchkey'],
  ])('%s', async (args, word) => {
    const { exitCode, stdout, stderr } = await latchkey(args)
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    expect(stderr).toContain(word)
  })
})

test('with --json a usage error is one JSON document on standard output', async () => {
  const { exitCode, stdout, stderr } = await latchkey(['integrations', 'create', '--json', '--nam', 'x'])
  expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: '' })
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'usage', exit_code: 2 } })
})

test('with --json every failing command prints one JSON document, for every command', async () => {
  const env = { LATCHKEY_ADMIN_URL: 'http://127.0.0.1:1', LATCHKEY_ADMIN_KEY: 'lka_planted' }
  const needNoServer = ['completion', 'config', 'doctor', 'mock', 'serve']
  for (const command of await leaves([])) {
    if (needNoServer.includes(command[0] ?? '')) continue
    const { stdout: help } = await latchkey([...command, '--help'])
    const words = (/^Usage: (.*)$/m.exec(help)?.[1]?.match(/<[^>]+>/g) ?? []).map(() => 'x')
    const { exitCode, stdout, stderr } = await latchkey([...command, ...words, '--json'], env)
    expect(exitCode).not.toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ error: { exit_code: exitCode } })
    expect(stderr).toBe('')
    expect(stdout).not.toContain('planted')
  }
})

describe('config print', () => {
  test('shows every setting without secrets, and on request with its origin', async () => {
    const env = { PORT: '9000', LATCHKEY_ADMIN_KEY: 'lka_planted', LATCHKEY_DEMO: 'off' }
    const { exitCode, stdout } = await latchkey(['config', 'print', '--origin'], env)
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/^LATCHKEY_PORT\t9000\tenv PORT$/m)
    expect(stdout).toMatch(/^LATCHKEY_DEMO\toff\tenv LATCHKEY_DEMO$/m)
    expect(stdout).toMatch(/^LATCHKEY_AUDIENCE\tapi:\/\/default\tdefault$/m)
    expect(stdout).toMatch(/^LATCHKEY_ADMIN_KEY\t\[secret\]\tenv LATCHKEY_ADMIN_KEY$/m)
    expect(stdout).not.toContain('planted')
  })

  test('with --json is one document', async () => {
    const { stdout } = await latchkey(['config', 'print', '--json'], { LATCHKEY_TRUSTED_PROXIES: '10.0.0.0/8' })
    const { settings } = JSON.parse(stdout) as { settings: { name: string; value: string | null }[] }
    expect(settings).toContainEqual({ name: 'LATCHKEY_TRUSTED_PROXIES', value: '10.0.0.0/8', default: 'none' })
  })

  test('of an invalid configuration reports every problem', async () => {
    const env = { LATCHKEY_PROT: '1', LATCHKEY_DEMO: 'maybe' }
    const text = await latchkey(['config', 'print'], env)
    expect(text.exitCode).toBe(2)
    expect(text.stderr).toContain('Did you mean LATCHKEY_PORT?')
    expect(text.stderr).toContain('LATCHKEY_DEMO')
    const json = await latchkey(['config', 'print', '--json'], env)
    expect(JSON.parse(json.stdout)).toMatchObject({
      error: { code: 'configuration_unusable', problems: [{ setting: 'LATCHKEY_DEMO' }, { setting: 'LATCHKEY_PROT' }] },
    })
  })
})

describe('config check', () => {
  test('of valid settings is exit code 0, and neither starts nor creates anything', async () => {
    const folder = join(aFolder(), 'data')
    const { exitCode, stdout, stderr } = await latchkey(['config', 'check'], { LATCHKEY_DATA_DIR: folder })
    expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 0, stdout: '', stderr: 'The configuration is usable.\n' })
    expect(existsSync(folder)).toBe(false)
  })

  test('names every problem of server and command line once, exit code 2', async () => {
    const env = {
      LATCHKEY_PROT: '1',
      LATCHKEY_HOST: '0.0.0.0',
      LATCHKEY_ADMIN_URL: 'http://192.0.2.1:8081',
      LATCHKEY_CLIENT_SECRET_FILE: '/nowhere/secret',
    }
    const { exitCode, stdout } = await latchkey(['config', 'check', '--json'], env)
    expect(exitCode).toBe(2)
    const { error } = JSON.parse(stdout) as { error: { problems: { setting: string }[] } }
    expect(error.problems.map(({ setting }) => setting).toSorted()).toEqual([
      'LATCHKEY_ADMIN_URL',
      'LATCHKEY_CLIENT_SECRET_FILE',
      'LATCHKEY_HOST',
      'LATCHKEY_PROT',
    ])
  })
})

describe('without a server', () => {
  test('a command says how to start one, exit code 5', async () => {
    const folder = aFolder({ 'admin.key': 'lka_key', 'server.json': '{"admin_url":"http://127.0.0.1:1"}' })
    const { exitCode, stdout, stderr } = await latchkey(['integrations', 'list'], { LATCHKEY_DATA_DIR: folder })
    expect({ exitCode, stdout }).toEqual({ exitCode: 5, stdout: '' })
    expect(stderr).toContain('npm start')
  })

  test('a command that also has no key says where the key would be, and is exit code 2', async () => {
    const folder = aFolder()
    const { exitCode, stderr } = await latchkey(['integrations', 'list'], { LATCHKEY_DATA_DIR: folder })
    expect(exitCode).toBe(2)
    expect(stderr).toContain(`${folder}/admin.key cannot be read`)
  })

  test('the key is never sent in plain text to another machine', async () => {
    const env = { LATCHKEY_ADMIN_URL: 'http://192.0.2.1:8081', LATCHKEY_ADMIN_KEY: 'lka_key' }
    const { exitCode, stderr } = await latchkey(['integrations', 'list'], env)
    expect(exitCode).toBe(2)
    expect(stderr).toContain('in plain text')
    expect(stderr).toContain('https')
  })

  test.each([
    ['integrations', 'delete', 'lk', '--yes'],
    ['keys', 'revoke', 'kid', '--yes'],
    ['audit', 'export'],
    ['watch', '--once'],
    ['admin-keys', 'create', '--name', 'x', '--role', 'viewer'],
  ])('%s %s does not send the key in plain text to another machine', async (...command) => {
    const env = { LATCHKEY_ADMIN_URL: 'http://example.com', LATCHKEY_ADMIN_KEY: 'lka_key' }
    expect(await latchkey(command, env)).toMatchObject({ exitCode: 2, stdout: '' })
  })
})
