// A configuration from variables and flags: precedence, defaults, derived values.
import { formatAddressRange } from '../../../src/domain/address-ranges.ts'
import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import type { Config } from '../../../src/config/config.ts'
import { listenerUrl } from '../../../src/config/config.ts'
import type { Environment } from '../../../src/config/environment.ts'
import { readConfig, readServerSettings, type ServerFlags } from '../../../src/config/read-config.ts'

function configOf(env: Environment, flags: ServerFlags = {}): Config {
  const read = readConfig({ env, flags })
  if (!read.ok) throw new Error(JSON.stringify(read.refusal))
  return read.value
}

const MASTER_KEY = 'q83vASNFZ4mrze8BI0VniavN7wEjRWeJq83vASNFZ4k'

describe('without any setting', () => {
  const config = configOf({ HOME: '/root', PATH: '/bin' })

  test('both listeners are on loopback, without TLS', () => {
    expect(config.publicListener).toEqual({ host: '127.0.0.1', port: 8080 })
    expect(config.adminListener).toEqual({ host: '127.0.0.1', port: 8081, behindProxy: false })
  })

  test('the issuer is that of the documented URL', () => {
    expect(config.publicUrl).toBe('http://127.0.0.1:8080')
    expect(config.issuerFor('http://127.0.0.1:8080')).toBe('http://127.0.0.1:8080/oauth2/ausao8uveaPmyhv0v357')
  })

  test('the settings of tokens are those of the reference platform', () => {
    expect(config).toMatchObject({ audience: 'api://default', tokenLifetimeSeconds: 3600, signingAlg: 'RS256' })
    expect(config.jwksMaxAgeSeconds).toBe(300)
  })

  test('the master key is kept in the data folder, whose path is absolute', () => {
    expect(config.masterKey).toEqual({ kind: 'data-folder' })
    expect(config.dataDir).toBe(`${process.cwd()}/.latchkey`)
  })

  test('a server stops without delay, and a server on a shared database first gives the other servers time to take over', () => {
    expect(config.shutdownDelaySeconds).toBe(0)
    const shared = { LATCHKEY_DATABASE_URL: 'postgres://u:p@db/latchkey', LATCHKEY_MASTER_KEY: MASTER_KEY }
    expect(configOf(shared).shutdownDelaySeconds).toBe(5)
    expect(configOf({ ...shared, LATCHKEY_SHUTDOWN_DELAY: '0' }).shutdownDelaySeconds).toBe(0)
    expect(configOf({ LATCHKEY_SHUTDOWN_DELAY: '30' }).shutdownDelaySeconds).toBe(30)
  })

  test('the returned configuration object is frozen', () => {
    for (const part of [config, config.publicListener, config.adminListener, config.log]) {
      expect(Object.isFrozen(part)).toBe(true)
    }
  })
})

describe('of several sources for a value,', () => {
  test('a variable overrides the default', () => {
    expect(configOf({ LATCHKEY_PORT: '9000' }).publicListener.port).toBe(9000)
  })

  test('a flag overrides a variable', () => {
    expect(configOf({ LATCHKEY_PORT: '9000' }, { port: '9001' }).publicListener.port).toBe(9001)
  })

  test('PORT is used only if LATCHKEY_PORT is not set', () => {
    expect(configOf({ PORT: '9000' }).publicListener.port).toBe(9000)
    expect(configOf({ PORT: '9000', LATCHKEY_PORT: '9001' }).publicListener.port).toBe(9001)
  })

  test('the source that was used is recorded for each setting', () => {
    const env = { PORT: '9000', LATCHKEY_AUDIENCE: 'api://x', LATCHKEY_MASTER_KEY: MASTER_KEY }
    const { origins } = readServerSettings({ env, flags: { audience: 'api://y', listenAll: true } })
    expect(origins).toMatchObject({
      port: 'env PORT',
      audience: 'flag --audience',
      host: 'flag --listen-all',
      masterKey: 'env LATCHKEY_MASTER_KEY',
      demo: 'default',
    })
  })
})

describe('derived values:', () => {
  test('with port 0 the public URL is known only after the listener is bound', () => {
    expect(configOf({ LATCHKEY_PORT: '0' }).publicUrl).toBeUndefined()
  })

  test('the public URL is an origin in the normal form of the URL standard', () => {
    expect(configOf({ LATCHKEY_PUBLIC_URL: 'https://Auth.Example.com:443/' }).publicUrl).toBe(
      'https://auth.example.com',
    )
  })

  test('an IPv6 address stands in brackets in a URL', () => {
    expect(configOf({ LATCHKEY_HOST: '::1' }).publicUrl).toBe('http://[::1]:8080')
    expect(listenerUrl({ host: '::1', port: 0 }, 4321)).toBe('http://[::1]:4321')
  })

  test('this machine reaches a listener on all addresses over loopback', () => {
    expect(listenerUrl({ host: '0.0.0.0', port: 0 }, 4321)).toBe('http://127.0.0.1:4321')
    expect(listenerUrl({ host: '::', port: 0 }, 4321)).toBe('http://[::1]:4321')
  })

  test('--listen-all opens the public listener and keeps the admin listener on loopback', () => {
    const config = configOf({}, { listenAll: true, publicUrl: 'https://auth.example.com' })
    expect(config.publicListener.host).toBe('0.0.0.0')
    expect(config.adminListener.host).toBe('127.0.0.1')
  })

  test('the authorization server id is part of the issuer', () => {
    const config = configOf({ LATCHKEY_AUTH_SERVER_ID: 'prod_1' })
    expect(config.issuerFor('https://auth.example.com')).toBe('https://auth.example.com/oauth2/prod_1')
  })

  test('trusted proxies are a list', () => {
    const config = configOf({ LATCHKEY_TRUSTED_PROXIES: '10.0.0.0/8, 192.168.1.7,fd00::/8' })
    expect(config.trustedProxies).toEqual(['10.0.0.0/8', '192.168.1.7', 'fd00::/8'])
  })

  test('the networks from which keys are fetched are a list, which is empty unless the setting is set', () => {
    const config = configOf({ LATCHKEY_KEY_SOURCE_NETWORKS: '10.0.0.0/8, 192.168.1.7,FD00::/8' })
    expect(config.keySourceNetworks.map(formatAddressRange)).toEqual(['10.0.0.0/8', '192.168.1.7', 'fd00::/8'])
    expect(configOf({}).keySourceNetworks).toEqual([])
  })
})

test('a master key that is given as text is not printed with the configuration', () => {
  const config = configOf({ LATCHKEY_MASTER_KEY: MASTER_KEY })
  expect(config.masterKey.kind === 'text' && config.masterKey.value.reveal()).toBe(MASTER_KEY)
  expect(inspect(config, { depth: 9 })).not.toContain(MASTER_KEY)
  expect(JSON.stringify(config)).not.toContain(MASTER_KEY)
})
