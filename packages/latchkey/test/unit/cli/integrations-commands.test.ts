// latchkey integrations, against a real server.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CreatedIntegration } from '../../../src/http/contract/admin-api.ts'
import { aServer, startTestServer, type TestServer } from '../../a-server.ts'
import { latchkey } from '../../run-command.ts'
import { standIn } from './stand-in.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

const integrations = (...args: readonly string[]) =>
  latchkey(['integrations', ...args], { LATCHKEY_DATA_DIR: server.dataDir })
const onScreen = (...args: readonly string[]) =>
  latchkey(['integrations', ...args], { LATCHKEY_DATA_DIR: server.dataDir }, { screen: true })
const PREDICT = ['--scope', 'machinelearning.predict']

type Integration = Required<CreatedIntegration>

const created = async (name: string): Promise<Integration> =>
  JSON.parse((await integrations('create', '--name', name, ...PREDICT, '--json')).stdout) as Integration

describe('integrations create', () => {
  test('prints the credentials on standard output and everything else on standard error', async () => {
    const { exitCode, stdout, stderr } = await onScreen('create', '--name', 'Billing sync', ...PREDICT)
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(
      /^Client ID {6}lk[a-z0-9]{14}\nClient secret {2}lks_\S{36}\nScopes +machinelearning\.predict\nID +int_\w+\n$/,
    )
    expect(stderr).toContain('Created the integration "Billing sync"')
  })

  test('with --json prints one object with credentials that work', async () => {
    const { client_id, client_secret } = await created('Works')
    const answer = await fetch(`${server.issuer}/v1/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        scope: 'machinelearning.predict',
        client_id,
        client_secret,
      }),
    })
    expect(answer.status).toBe(200)
  })

  test('takes several scopes and the resource-server right', async () => {
    const scopes = [...PREDICT, '--scope', 'machinelearning.model']
    const { stdout } = await integrations('create', '--name', 'x', ...scopes, '--resource-server', '--json')
    expect(JSON.parse(stdout)).toMatchObject({
      scopes: ['machinelearning.predict', 'machinelearning.model'],
      resource_server_for: ['machinelearning.predict', 'machinelearning.model'],
    })
  })

  test('with an unknown scope is exit code 2 and names the known scopes', async () => {
    const { exitCode, stdout, stderr } = await integrations('create', '--name', 'x', '--scope', 'nope')
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    expect(stderr).toBe(
      '"nope" is not a scope of this server. Its scopes are machinelearning.model, machinelearning.predict.\n',
    )
  })

  test('with --json a refusal is one JSON document on standard output', async () => {
    const { exitCode, stdout, stderr } = await integrations('create', '--name', '', ...PREDICT, '--json')
    expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: '' })
    expect(JSON.parse(stdout)).toMatchObject({
      error: { code: 'invalid_request', status: 400, exit_code: 2, errors: [{ pointer: '/name' }] },
    })
  })
})

describe('integrations list', () => {
  test('shows each integration and no secret', async () => {
    const { client_id, client_secret } = await created('Listed')
    const { exitCode, stdout } = await onScreen('list')
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/^NAME +CLIENT ID +SCOPES +STATUS +LAST USED$/m)
    expect(stdout).toMatch(new RegExp(`^Listed +${client_id} +machinelearning\\.predict +active `, 'm'))
    expect(stdout).not.toContain(client_secret)
  })

  test('with --wide shows ids and exact times too', async () => {
    const { id, created_at } = await created('Wide')
    const { stdout } = await onScreen('list', '--wide')
    expect(stdout).toMatch(/^NAME +CLIENT ID +SCOPES +STATUS +CREATED +LAST USED +ID$/m)
    expect(stdout).toMatch(new RegExp(`^Wide .* ${created_at} .* ${id}$`, 'm'))
  })

  test('without a terminal prints one line for each integration, with tabs, for cut and awk', async () => {
    const { client_id, id } = await created('Cut me')
    const { stdout } = await integrations('list')
    expect(stdout).not.toContain('CLIENT ID')
    const cells = stdout.split('\n').map((line) => line.split('\t'))
    expect(cells).toContainEqual([
      'Cut me',
      client_id,
      'machinelearning.predict',
      'active',
      expect.any(String),
      '-',
      id,
    ])
  })

  test('with --json prints one document with all integrations', async () => {
    const { id } = await created('Listed as JSON')
    const { items } = JSON.parse((await integrations('list', '--json')).stdout) as { items: Integration[] }
    expect(items.map((item) => item.id)).toContain(id)
    expect(items.every((item) => !('client_secret' in item))).toBe(true)
  })
})

test('the list of 40 integrations with long names and two scopes has 41 lines at 80 and at 100 columns', async () => {
  const own = await aServer()
  for (let index = 0; index < 40; index++) {
    await own.integration({ name: `Night batch number ${String(index)} of the European region` })
  }
  for (const width of [80, 100]) {
    const shown = await latchkey(['integrations', 'list'], { LATCHKEY_DATA_DIR: own.dataDir }, { screen: true, width })
    const lines = shown.stdout.trimEnd().split('\n')
    expect(lines).toHaveLength(41)
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(width)
    expect(lines[0]).toMatch(/^NAME +CLIENT ID +SCOPES +STATUS +LAST USED$/)
  }
})

test('integrations list reads all pages, or as many as --limit needs', async () => {
  const own = await aServer()
  await Promise.all(Array.from({ length: 205 }, (_, index) => own.integration({ name: `n${String(index)}` })))
  const listed = async (...args: readonly string[]) =>
    (await latchkey(['integrations', 'list', ...args], { LATCHKEY_DATA_DIR: own.dataDir })).stdout.trimEnd().split('\n')
  const all = await listed()
  expect(new Set(all).size).toBe(205)
  expect(await listed('--limit', '203')).toEqual(all.slice(0, 203))
})

describe('integrations list', () => {
  test('filters by text, by status and by scope, and sorts', async () => {
    const names = ['narrow one', 'narrow two', 'narrow three']
    const made = await Promise.all(names.map(created))
    await integrations('disable', made[1]?.id ?? '')
    const found = async (...args: readonly string[]) => {
      const { items } = JSON.parse((await integrations('list', '--search', 'narrow', ...args, '--json')).stdout) as {
        items: { name: string }[]
      }
      return items.map(({ name }) => name)
    }
    expect(await found('--sort', 'name')).toEqual(['narrow one', 'narrow three', 'narrow two'])
    expect(await found('--sort', '-name', '--limit', '2')).toEqual(['narrow two', 'narrow three'])
    expect(await found('--status', 'disabled')).toEqual(['narrow two'])
    expect(await found('--scope', 'machinelearning.model')).toEqual([])
    expect(await found('--attention', 'any')).toEqual([])
    await latchkey(['secrets', 'rotate', made[0]?.id ?? ''], { LATCHKEY_DATA_DIR: server.dataDir })
    expect(await found('--attention', 'rotating')).toEqual(['narrow one'])
    expect((await found('--sort', 'attention'))[0]).toBe('narrow one')
  })
})

describe('integrations create with everything', () => {
  test('and show print every member that was set', async () => {
    const options = ['--description', 'Runs at night', '--tag', 'a', '--tag', 'b', '--issue-mode', 'stable']
    const more = ['--renew-before', '5m', '--grace', '30s', '--allow', '127.0.0.0/8', '--secret-expires', '90d']
    const made = await integrations('create', '--name', 'Night', ...PREDICT, ...options, ...more, '--json')
    const { id } = JSON.parse(made.stdout) as Integration
    const { stdout } = await onScreen('show', id)
    for (const line of [
      /^Description +Runs at night$/m,
      /^Tags +a, b$/m,
      /^Issue mode +stable, renewed 5m before its end$/m,
      /^Grace +30s$/m,
      /^Allowed from +127\.0\.0\.0\/8$/m,
      /^Last used +never$/m,
    ]) {
      expect(stdout).toMatch(line)
    }
  })

  test('with an idempotency key makes one integration, and shows its secret once', async () => {
    const args = ['create', '--name', 'Once', ...PREDICT, '--idempotency-key', 'once-1']
    const [first, second] = [await integrations(...args), await integrations(...args)]
    expect(first.stdout).toContain('lks_')
    expect(second.stdout).not.toContain('lks_')
    expect(second.stderr).toContain('There is already')
    const other = await integrations('create', '--name', 'Other', ...PREDICT, '--idempotency-key', 'once-1')
    expect(other).toMatchObject({ exitCode: 2, stdout: '' })
  })
})

describe('integrations disable, enable and delete', () => {
  test('take the client ID or the id', async () => {
    const { id, client_id } = await created('Changed')
    const disabled = await integrations('disable', client_id)
    expect(disabled).toMatchObject({ exitCode: 0, stdout: '' })
    expect(disabled.stderr).toContain(`Disabled "Changed" (${client_id})`)
    const enabled = await integrations('enable', id, '--json')
    expect(JSON.parse(enabled.stdout)).toMatchObject({ id, status: 'active' })
    const deleted = await integrations('delete', client_id, '--yes', '--json')
    expect(JSON.parse(deleted.stdout)).toEqual({ id, client_id, deleted: true })
  })

  test.each(['lk0000000000000a', 'int_0', '../../livez', '..', ''])(
    'of %s, which does not exist, is exit code 3',
    async (which) => {
      expect(await integrations('delete', which, '--yes')).toMatchObject({ exitCode: 3, stdout: '' })
    },
  )
})

describe('integrations delete', () => {
  const requested = (id: string, answer: string) =>
    latchkey(['integrations', 'delete', id], { LATCHKEY_DATA_DIR: server.dataDir }, { answer })

  test('asks for confirmation, and deletes when the answer is yes', async () => {
    const { id } = await created('Asked about')
    const { exitCode, stderr } = await requested(id, 'y')
    expect(exitCode).toBe(0)
    expect(stderr).toContain('This deletes "Asked about"')
    expect((await integrations('show', id)).exitCode).toBe(3)
  })

  test.each(['', 'n', 'yess'])('changes nothing when the answer is %j', async (answer) => {
    const { id } = await created('Kept')
    expect(await requested(id, answer)).toMatchObject({ exitCode: 1, stdout: '' })
    expect((await integrations('show', id)).exitCode).toBe(0)
  })

  test('needs --yes without a terminal', async () => {
    const { id } = await created('Kept by a script')
    const { exitCode, stderr } = await integrations('delete', id)
    expect(exitCode).toBe(2)
    expect(stderr).toContain('--yes')
    expect((await integrations('show', id)).exitCode).toBe(0)
  })
})

test('an unknown key is exit code 4', async () => {
  const env = { LATCHKEY_ADMIN_URL: server.adminUrl, LATCHKEY_ADMIN_KEY: 'lka_planted_wrong_key' }
  const { exitCode, stdout, stderr } = await latchkey(['integrations', 'list'], env)
  expect({ exitCode, stdout }).toEqual({ exitCode: 4, stdout: '' })
  expect(stderr).not.toContain('planted')
})

test('the key is not sent to the target of a redirect', async () => {
  const seen: (string | undefined)[] = []
  const url = await standIn((request, response) => {
    seen.push(request.headers.authorization)
    if (request.url === '/caught') response.end('{}')
    else response.writeHead(302, { location: '/caught' }).end()
  })
  const env = { LATCHKEY_ADMIN_URL: url, LATCHKEY_ADMIN_KEY: 'lka_key' }
  expect((await latchkey(['integrations', 'list'], env)).exitCode).toBe(5)
  expect(seen).toHaveLength(1)
})

test('another program at the address is reported as a program that is not Latchkey', async () => {
  const other = await standIn((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"hello":"world"}')
  })
  for (const url of [server.publicUrl, other]) {
    const env = { LATCHKEY_ADMIN_URL: url, LATCHKEY_ADMIN_KEY: 'lka_key' }
    const { exitCode, stdout, stderr } = await latchkey(['integrations', 'list'], env)
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
    expect(stderr).toContain('not the admin listener of Latchkey')
  }
})
