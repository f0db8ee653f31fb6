// The grammar of the command line: help, refusals, exit codes, one JSON document with --json.
import { describe, expect, test } from 'vitest'
import { aFolder } from '../../a-folder.ts'
import { latchkey } from '../../run-command.ts'

test('--help lists the commands and gives examples, on standard output', async () => {
  const { exitCode, stdout, stderr } = await latchkey(['--help'])
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  for (const word of ['serve', 'integrations', 'config', 'Examples:', 'Exit codes:']) expect(stdout).toContain(word)
})

test.each([['serve'], ['integrations', 'create'], ['integrations', 'disable'], ['config', 'print']])(
  '%s %s --help gives an example',
  async (...command) => {
    const { exitCode, stdout } = await latchkey([...command, '--help'])
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/Examples?:\n/)
  },
)

test('--version prints the version alone', async () => {
  const { exitCode, stdout } = await latchkey(['--version'])
  expect(exitCode).toBe(0)
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
})

describe('a slip is exit code 2 with a word about what was meant:', () => {
  test.each([
    [['integratoins'], 'Did you mean integrations?'],
    [['serve', '--prot', '1'], 'Did you mean --port?'],
    [['integrations', 'lst'], 'Did you mean list?'],
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

test('with --json a slip is one JSON document on standard output', async () => {
  const { exitCode, stdout, stderr } = await latchkey(['integrations', 'create', '--json', '--nam', 'x'])
  expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: '' })
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'usage', exit_code: 2 } })
})

describe('config print', () => {
  test('shows every setting, secrets hidden, with its origin when asked', async () => {
    const env = { PORT: '9000', LATCHKEY_ADMIN_KEY: 'lka_planted', LATCHKEY_DEMO: 'off' }
    const { exitCode, stdout } = await latchkey(['config', 'print', '--origin'], env)
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/^LATCHKEY_PORT +9000 +env PORT$/m)
    expect(stdout).toMatch(/^LATCHKEY_DEMO +off +env LATCHKEY_DEMO$/m)
    expect(stdout).toMatch(/^LATCHKEY_AUDIENCE +api:\/\/default +default$/m)
    expect(stdout).toMatch(/^LATCHKEY_ADMIN_KEY +\[secret\] +env LATCHKEY_ADMIN_KEY$/m)
    expect(stdout).not.toContain('planted')
  })

  test('with --json is one document', async () => {
    const { stdout } = await latchkey(['config', 'print', '--json'], { LATCHKEY_TRUSTED_PROXIES: '10.0.0.0/8' })
    const { settings } = JSON.parse(stdout) as { settings: { name: string; value: string | null }[] }
    expect(settings).toContainEqual({ name: 'LATCHKEY_TRUSTED_PROXIES', value: '10.0.0.0/8', default: 'none' })
  })

  test('of a configuration that is not usable says all that is wrong', async () => {
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

describe('without a server', () => {
  test('a command says how to start one, exit code 5', async () => {
    const folder = aFolder({ 'admin.key': 'lka_key', 'server.json': '{"admin_url":"http://127.0.0.1:1"}' })
    const { exitCode, stdout, stderr } = await latchkey(['integrations', 'list'], { LATCHKEY_DATA_DIR: folder })
    expect({ exitCode, stdout }).toEqual({ exitCode: 5, stdout: '' })
    expect(stderr).toContain('npm start')
  })

  test('and without a key it says where the key would be, exit code 2', async () => {
    const folder = aFolder()
    const { exitCode, stderr } = await latchkey(['integrations', 'list'], { LATCHKEY_DATA_DIR: folder })
    expect(exitCode).toBe(2)
    expect(stderr).toContain(`${folder}/admin.key cannot be read`)
  })

  test('the key is never sent in the clear to another machine', async () => {
    const env = { LATCHKEY_ADMIN_URL: 'http://192.0.2.1:8081', LATCHKEY_ADMIN_KEY: 'lka_key' }
    const { exitCode, stderr } = await latchkey(['integrations', 'list'], env)
    expect(exitCode).toBe(2)
    expect(stderr).toContain('in the clear')
  })
})
