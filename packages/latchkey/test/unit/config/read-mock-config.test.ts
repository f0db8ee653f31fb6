// The settings of a mock server. Every other setting is refused, and the error names it.
import { describe, expect, test } from 'vitest'
import { MOCK_SETTING_KEYS, readMockConfig } from '../../../src/config/read-mock-config.ts'
import { type ServerSettingKey, serverSettings } from '../../../src/config/settings.ts'

const FOLDER = '/tmp/of-the-mock'
const read = (env: Readonly<Record<string, string>>, flags: Readonly<Record<string, string>> = {}) =>
  readMockConfig({ env, flags }, () => FOLDER)

test('a mock has the given folder, and both listeners are on loopback', () => {
  const { ok, value } = read({}) as Extract<ReturnType<typeof read>, { ok: true }>
  expect(ok).toBe(true)
  expect(value.dataDir).toBe(FOLDER)
  expect([value.publicListener.host, value.adminListener.host]).toEqual(['127.0.0.1', '127.0.0.1'])
  expect(value.masterKey).toEqual({ kind: 'data-folder' })
})

test('the settings of a mock come from flags and variables', () => {
  const chosen = read({ LATCHKEY_TOKEN_LIFETIME: '5', PORT: '0' }, { adminPort: '0', audience: 'api://mine' })
  expect(chosen).toMatchObject({
    ok: true,
    value: { tokenLifetimeSeconds: 5, audience: 'api://mine', publicListener: { port: 0 }, adminListener: { port: 0 } },
  })
})

describe('a mock refuses, with the name of the setting,', () => {
  const foreign = (Object.keys(serverSettings) as ServerSettingKey[]).filter(
    (key) => !MOCK_SETTING_KEYS.some((offered) => offered === key),
  )
  test.each(foreign.map((key) => serverSettings[key].env))('%s', (name) => {
    const { ok, refusal } = read({ [name]: name.endsWith('_KEY') ? 'x'.repeat(43) : '127.0.0.1' }) as Extract<
      ReturnType<typeof read>,
      { ok: false }
    >
    expect(ok).toBe(false)
    expect(refusal.map(({ setting }) => setting)).toContain(name)
  })

  test.each(['LATCHKEY_MASTER_KEY_FILE', 'LATCHKEY_DATABASE_URL', 'LATCHKEY_DATABASE_URL_FILE', 'LATCHKEY_PROT'])(
    '%s',
    (name) => {
      const { ok, refusal } = read({ [name]: '/dev/null' }) as Extract<ReturnType<typeof read>, { ok: false }>
      expect(ok).toBe(false)
      expect(refusal.map(({ setting }) => setting)).toContain(name)
    },
  )
})

test('a configuration that is refused makes no folder', () => {
  const made = readMockConfig({ env: { LATCHKEY_DATA_DIR: '/srv/latchkey' }, flags: {} }, () => {
    throw new Error('a folder was made')
  })
  expect(made.ok).toBe(false)
})
