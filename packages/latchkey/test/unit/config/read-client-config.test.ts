// How the command line finds the server and the key, and where it never sends the key.
import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import type { ConfigProblem } from '../../../src/config/config-problem.ts'
import type { Environment } from '../../../src/config/environment.ts'
import { readAdminTarget, readClientConfig } from '../../../src/config/read-client-config.ts'
import { readIssuer } from '../../../src/config/read-issuer.ts'
import { removeServerFile, writeServerFile } from '../../../src/config/server-file.ts'
import { aFolder } from '../../a-folder.ts'

const RECORDED = { pid: 1, admin_url: 'http://127.0.0.1:4321', public_url: 'http://127.0.0.1:1234' }

function clientConfig(env: Environment): { readonly adminUrl: string; readonly key: string } {
  const read = readClientConfig(env)
  if (!read.ok) throw new Error(JSON.stringify(read.refusal))
  return { adminUrl: read.value.adminUrl, key: read.value.adminKey.reveal() }
}

function problemsOf(env: Environment): readonly ConfigProblem[] {
  const read = readClientConfig(env)
  return read.ok ? [] : read.refusal
}

describe('with the data folder of a running server', () => {
  test('URL and key come from the folder', () => {
    const folder = aFolder({ 'admin.key': 'lka_from_the_folder\n' })
    writeServerFile(folder, RECORDED)
    expect(clientConfig({ LATCHKEY_DATA_DIR: folder })).toEqual({
      adminUrl: 'http://127.0.0.1:4321',
      key: 'lka_from_the_folder',
    })
  })

  test('the variables override the folder', () => {
    const folder = aFolder({ 'admin.key': 'lka_from_the_folder\n' })
    writeServerFile(folder, RECORDED)
    const env = {
      LATCHKEY_DATA_DIR: folder,
      LATCHKEY_ADMIN_URL: 'https://admin.example.com',
      LATCHKEY_ADMIN_KEY: 'lka_from_the_environment',
    }
    expect(clientConfig(env)).toEqual({ adminUrl: 'https://admin.example.com', key: 'lka_from_the_environment' })
  })

  test('the key may be in another file', () => {
    const folder = aFolder({ key: 'lka_mounted\n' })
    expect(clientConfig({ LATCHKEY_ADMIN_KEY_FILE: `${folder}/key` }).key).toBe('lka_mounted')
  })
})

test('without a running server the default address is used', () => {
  const folder = aFolder({ 'admin.key': 'lka_key' })
  writeServerFile(folder, RECORDED)
  removeServerFile(folder, RECORDED)
  expect(clientConfig({ LATCHKEY_DATA_DIR: folder }).adminUrl).toBe('http://127.0.0.1:8081')
})

test('without a running server the configured ports are used', () => {
  const ports = { LATCHKEY_ADMIN_PORT: '9081', LATCHKEY_PORT: '9080' }
  const env = { ...ports, LATCHKEY_DATA_DIR: aFolder({ 'admin.key': 'lka_key' }) }
  expect(clientConfig(env).adminUrl).toBe('http://127.0.0.1:9081')
  expect(readAdminTarget(env)).toEqual({ ok: true, value: 'http://127.0.0.1:9081' })
  const issuer = readIssuer(env, undefined)
  expect(issuer.ok && new URL(issuer.value).origin).toBe('http://127.0.0.1:9080')
})

test('without a running server port 0, which means any free port, leads to the default address', () => {
  const env = { LATCHKEY_ADMIN_PORT: '0', LATCHKEY_DATA_DIR: aFolder({ 'admin.key': 'lka_key' }) }
  expect(clientConfig(env).adminUrl).toBe('http://127.0.0.1:8081')
})

test.each([
  ['on another port', { ...RECORDED, admin_url: 'http://127.0.0.1:5678' }],
  ['of another process', { ...RECORDED, pid: 2 }],
  ['that never listened', { ...RECORDED, admin_url: '' }],
])('a server %s does not remove the entry of another server when it ends', (_, ended) => {
  const folder = aFolder({ 'admin.key': 'lka_key' })
  writeServerFile(folder, RECORDED)
  removeServerFile(folder, ended)
  expect(clientConfig({ LATCHKEY_DATA_DIR: folder }).adminUrl).toBe(RECORDED.admin_url)
})

test.each(['{"admin_url":', '[]', '{"admin_url":7}', '{"admin_url":"nonsense"}'])(
  'a server.json with the content %s is treated like a missing file',
  (text) => {
    const folder = aFolder({ 'admin.key': 'lka_key', 'server.json': text })
    expect(clientConfig({ LATCHKEY_DATA_DIR: folder }).adminUrl).toBe('http://127.0.0.1:8081')
  },
)

test.each(['http://192.0.2.1:8081', 'http://admin.example.com', 'http://localhost.example.com:8081'])(
  'the key is not sent in plain text to %s',
  (url) => {
    const problems = problemsOf({ LATCHKEY_ADMIN_URL: url, LATCHKEY_ADMIN_KEY: 'lka_key' })
    expect(problems.map(({ setting }) => setting)).toEqual(['LATCHKEY_ADMIN_URL'])
  },
)

test('the key is not sent in plain text to an address in server.json either', () => {
  const folder = aFolder({ 'admin.key': 'lka_key' })
  writeServerFile(folder, { ...RECORDED, admin_url: 'http://192.0.2.1:8081' })
  expect(problemsOf({ LATCHKEY_DATA_DIR: folder })[0]?.problem).toContain('in plain text')
})

test('the error about a missing key says where to get one', () => {
  const folder = aFolder()
  const [problem] = problemsOf({ LATCHKEY_DATA_DIR: folder })
  expect(problem?.problem).toContain(`${folder}/admin.key cannot be read`)
  expect(problem?.cure).toContain('LATCHKEY_DATA_DIR')
})

test.each(['two words', 'line\nbreak', 'k\u00e9y', 'x'.repeat(257)])(
  'a key that a header cannot contain is refused, and the error does not repeat it',
  (key) => {
    const problems = problemsOf({ LATCHKEY_ADMIN_KEY: key })
    expect(problems.map(({ setting }) => setting)).toEqual(['LATCHKEY_ADMIN_KEY'])
    expect(JSON.stringify(problems)).not.toContain(JSON.stringify(key).slice(1, -1))
  },
)

test('printing the configuration does not show the key', () => {
  const read = readClientConfig({ LATCHKEY_ADMIN_KEY: 'lka_planted' })
  expect(inspect(read, { depth: 9 })).not.toContain('lka_planted')
})

test('a misspelt variable is reported here too', () => {
  expect(problemsOf({ LATCHKEY_ADMIN_KEY: 'k', LATCHKEY_ADMIN_ULR: 'x' })[0]?.cure).toBe(
    'Did you mean LATCHKEY_ADMIN_URL?',
  )
})
