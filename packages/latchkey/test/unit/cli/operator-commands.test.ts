// latchkey keys, admin-keys and audit, each test against a real server of its own.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { aFolder } from '../../a-folder.ts'
import { aServer, type TestServer } from '../../a-server.ts'
import { latchkey, type TerminalSettings } from '../../run-command.ts'
import { standIn } from './stand-in.ts'

const on =
  (server: TestServer) =>
  (args: readonly string[], terminal: TerminalSettings = {}) =>
    latchkey(args, { LATCHKEY_DATA_DIR: server.dataDir }, terminal)

describe('keys', () => {
  test('rotate publishes one next key', async () => {
    const run = on(await aServer())
    const { exitCode, stderr } = await run(['keys', 'rotate'])
    expect(exitCode).toBe(0)
    expect(stderr).toMatch(/^Published the key \S+\. It signs from \d{4}-\S+Z on\. /)
    expect(await run(['keys', 'rotate'])).toMatchObject({ exitCode: 3, stdout: '' })
    const rows = (await run(['keys', 'list'])).stdout.trimEnd().split('\n')
    expect(rows.map((row) => row.split('\t')[2]).toSorted()).toEqual(['next', 'signing'])
  })

  test('revoke asks for confirmation, and the tokens of the key end at once', async () => {
    const server = await aServer()
    const run = on(server)
    const token = await server.token(await server.integration())
    const kid = (await run(['keys', 'list'])).stdout.split('\t')[0] ?? ''
    expect(await run(['keys', 'revoke', kid])).toMatchObject({ exitCode: 2 })
    expect(await server.verify(token)).toMatchObject({ status: 200 })
    const { exitCode, stderr } = await run(['keys', 'revoke', kid], { answer: 'y' })
    expect(exitCode).toBe(0)
    expect(stderr).toContain(kid)
    expect(await server.verify(token)).toMatchObject({ status: 401 })
    expect(await server.token(await server.integration())).not.toBe('')
  })

  test('revoke of an unknown key is exit code 3', async () => {
    expect(await on(await aServer())(['keys', 'revoke', 'nope', '--yes'])).toMatchObject({ exitCode: 3 })
  })

  test('revoke accepts an id that begins with a minus', async () => {
    const run = on(await aServer())
    for (const kid of ['-nope', '--nope']) {
      expect(await run(['keys', 'revoke', kid, '--yes', '--json'])).toMatchObject({ exitCode: 3 })
    }
  })
})

describe('admin-keys', () => {
  test('create shows the key once, the key has the rights of its role, and revoke ends the key', async () => {
    const server = await aServer()
    const run = on(server)
    const made = await run([
      'admin-keys',
      'create',
      '--name',
      'Dashboard',
      '--role',
      'viewer',
      '--expires',
      '90d',
      '--json',
    ])
    const { id, admin_key } = JSON.parse(made.stdout) as { id: string; admin_key: string }
    const list = (await run(['admin-keys', 'list'])).stdout
    expect(list).toContain(id)
    expect(list).not.toContain(admin_key)
    const env = { LATCHKEY_ADMIN_URL: server.adminUrl, LATCHKEY_ADMIN_KEY: admin_key }
    expect(await latchkey(['integrations', 'list'], env)).toMatchObject({ exitCode: 0 })
    expect(await latchkey(['keys', 'rotate'], env)).toMatchObject({ exitCode: 4, stdout: '' })
    expect(await run(['admin-keys', 'revoke', id])).toMatchObject({ exitCode: 2 })
    expect(await run(['admin-keys', 'revoke', id, '--yes'])).toMatchObject({ exitCode: 0 })
    expect(await latchkey(['integrations', 'list'], env)).toMatchObject({ exitCode: 4, stdout: '' })
  })

  test('the last owner key cannot be revoked: exit code 3', async () => {
    const run = on(await aServer())
    const { items } = JSON.parse((await run(['admin-keys', 'list', '--json'])).stdout) as { items: { id: string }[] }
    expect(await run(['admin-keys', 'revoke', items[0]?.id ?? '', '--yes'])).toMatchObject({ exitCode: 3, stdout: '' })
  })
})

describe('audit', () => {
  test('list shows event, target, actor and address, newest first', async () => {
    const server = await aServer()
    const run = on(server)
    const { id, clientId } = await server.integration({ name: 'Watched' })
    await run(['integrations', 'disable', clientId])
    const rows = (await run(['audit', 'list', '--target', id])).stdout
      .trimEnd()
      .split('\n')
      .map((row) => row.split('\t'))
    expect(rows.map(([, event, target, by, from]) => [event, target, by, from])).toEqual([
      ['integration.disabled', `Watched (${id})`, 'local key', '127.0.0.1'],
      ['integration.created', `Watched (${id})`, 'local key', '127.0.0.1'],
    ])
    expect(
      (await run(['audit', 'list', '--event', 'integration.disabled', '--limit', '1', '--json'])).stdout,
    ).toContain(id)
    expect((await run(['audit', 'list', '--until', '1h'])).stderr).toBe('No event matches these options.\n')
  })

  test('list and export show changes or refusals alone', async () => {
    const server = await aServer()
    const run = on(server)
    const { clientId } = await server.integration({ name: 'Watched' })
    await run(['integrations', 'disable', clientId])
    await fetch(`${server.issuer}/v1/token`, {
      method: 'POST',
      body: new URLSearchParams({ client_id: clientId, client_secret: 'wrong', grant_type: 'client_credentials' }),
    })
    const events = async (kind: string) => {
      const { stdout } = await run(['audit', 'list', '--kind', kind, '--json'])
      return (JSON.parse(stdout) as { items: { event: string }[] }).items.map(({ event }) => event)
    }
    const exported = async (kind: string) => {
      const { stdout } = await run(['audit', 'export', '--kind', kind])
      const lines = stdout.trimEnd().split('\n')
      return lines.map((line) => (JSON.parse(line) as { event: string }).event)
    }
    await expect.poll(() => events('refusals')).toEqual(['client.refused'])
    expect(await exported('refusals')).toEqual(['client.refused'])
    expect(await exported('changes')).toEqual(await events('changes'))
    expect(await run(['audit', 'export', '--kind', 'all'])).toMatchObject({ exitCode: 2 })
    expect(await events('changes')).toContain('integration.disabled')
    expect(await events('changes')).not.toContain('client.refused')
    expect(await run(['audit', 'list', '--kind', 'all'])).toMatchObject({ exitCode: 2 })
  })

  test('list refuses an event name that does not exist, and suggests the right name', async () => {
    const { exitCode, stderr } = await on(await aServer())(['audit', 'list', '--event', 'integration.disable'])
    expect(exitCode).toBe(2)
    expect(stderr).toContain('Did you mean integration.disabled?')
  })

  test('verify of an intact trail is exit code 0 and says how many events it checked', async () => {
    const server = await aServer()
    await server.integration()
    expect(await on(server)(['audit', 'verify'])).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^intact: \d+ events\n$/) as string,
    })
  })

  test('export writes one object per line to standard output', async () => {
    const server = await aServer()
    await server.integration({ name: 'Exported' })
    const { exitCode, stdout, stderr } = await on(server)(['audit', 'export'])
    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { event: string })
    const [wrote, anchor] = stderr.split('\n')
    expect({ exitCode, wrote }).toEqual({
      exitCode: 0,
      wrote: `Wrote ${String(events.length)} ${events.length === 1 ? 'line' : 'lines'}.`,
    })
    expect(anchor).toMatch(/^Anchor: \d+:[0-9a-f]{64}$/)
    expect(events.map(({ event }) => event)).toContain('integration.created')
  })

  test('verify compares the trail with the anchor that an export printed, and ends with exit code 6 if it has a different history', async () => {
    const server = await aServer()
    await server.integration()
    const { stderr } = await on(server)(['audit', 'export'])
    const anchor = /^Anchor: (.*)$/m.exec(stderr)?.[1] ?? ''
    await server.integration({ name: 'Later' })
    expect(await on(server)(['audit', 'verify', '--expect', anchor])).toMatchObject({ exitCode: 0 })
    const other = await on(server)(['audit', 'verify', '--expect', anchor.replace(/.{8}$/, '00000000')])
    expect(other).toMatchObject({ exitCode: 6, stdout: expect.stringContaining('a different history') as string })
    expect(await on(server)(['audit', 'verify', '--expect', 'latest'])).toMatchObject({ exitCode: 2 })
  })

  test('export to a file leaves a complete file that only its owner can read', async () => {
    const server = await aServer()
    await server.integration({ name: '=cmd()' })
    const folder = aFolder()
    const file = join(folder, 'audit.csv')
    const { exitCode, stdout } = await on(server)(['audit', 'export', '--format', 'csv', '--output', file, '--json'])
    const text = readFileSync(file, 'utf8')
    expect(exitCode).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ output: file, format: 'csv', bytes: Buffer.byteLength(text) })
    expect(text).toMatch(/^seq,at,event,/)
    expect(text).not.toMatch(/,"?=cmd/)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(readdirSync(folder)).toEqual(['audit.csv'])
  })

  test('export shows its progress on a terminal', async () => {
    const server = await aServer()
    for (let n = 0; n < 3; n++) await server.integration({ name: `Exported ${String(n)}` })
    const env = { LATCHKEY_DATA_DIR: server.dataDir }
    for (const [format, lines] of [
      ['jsonl', 3],
      ['csv', 4],
    ] as const) {
      const args = ['audit', 'export', '--format', format, '--output', join(aFolder(), 'audit')]
      const { stderr } = await latchkey(args, env, { watched: true })
      expect(stderr).toContain(`${String(lines)} of ${String(lines)} lines\r`)
    }
  })

  test('export that breaks off is exit code 1 and does not change the file', async () => {
    const url = await standIn((_, response) => {
      response.writeHead(200, { 'content-type': 'application/x-ndjson' })
      response.write('{"seq":2}\n', () => response.destroy())
    })
    const folder = aFolder({ 'audit.jsonl': 'of yesterday' })
    const file = join(folder, 'audit.jsonl')
    const env = { LATCHKEY_ADMIN_URL: url, LATCHKEY_ADMIN_KEY: 'lka_key' }
    const toFile = await latchkey(['audit', 'export', '--output', file], env)
    expect(toFile).toMatchObject({ exitCode: 1, stdout: '' })
    expect(readFileSync(file, 'utf8')).toBe('of yesterday')
    expect(readdirSync(folder)).toEqual(['audit.jsonl'])
    const { exitCode, stdout, stderr } = await latchkey(['audit', 'export'], env)
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '{"seq":2}\n' })
    expect(stderr).toContain('the output is incomplete')
  })

  test('export that cannot be written is exit code 1 and changes no file', async () => {
    const server = await aServer()
    const file = join(aFolder(), 'not-there', 'audit.jsonl')
    const { exitCode, stdout, stderr } = await on(server)(['audit', 'export', '-o', file])
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
    expect(stderr).toContain('ENOENT')
    expect(existsSync(file)).toBe(false)
  })
})
