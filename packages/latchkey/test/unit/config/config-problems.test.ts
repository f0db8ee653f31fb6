// Problems of a configuration: all are reported at once, each with its remedy, and no secret is quoted.
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type ConfigProblem, describeProblems } from '../../../src/config/config-problem.ts'
import type { Environment } from '../../../src/config/environment.ts'
import { readConfig, type ServerFlags } from '../../../src/config/read-config.ts'
import { aCertificate } from '../../a-certificate.ts'
import { aFolder } from '../../a-folder.ts'

function problemsOf(env: Environment, flags: ServerFlags = {}): readonly ConfigProblem[] {
  const read = readConfig({ env, flags })
  return read.ok ? [] : read.refusal
}

const settingsOf = (env: Environment, flags: ServerFlags = {}) => problemsOf(env, flags).map(({ setting }) => setting)

describe('a value of the wrong kind is a problem:', () => {
  test.each([
    ['LATCHKEY_HOST', '127.0.0.1:80', 'a host name or an IP address'],
    ['LATCHKEY_HOST', 'http://localhost', 'a host name or an IP address'],
    ['LATCHKEY_HOST', '300.1.1.1', 'a host name or an IP address'],
    ['LATCHKEY_PORT', '65536', 'a whole number from 0 to 65535'],
    ['LATCHKEY_PORT', '08080', 'a whole number from 0 to 65535'],
    ['LATCHKEY_PORT', ' 8080', 'a whole number from 0 to 65535'],
    ['PORT', 'http', 'a whole number from 0 to 65535'],
    ['LATCHKEY_PUBLIC_URL', 'auth.example.com', 'an http or https URL'],
    ['LATCHKEY_PUBLIC_URL', 'ftp://auth.example.com', 'an http or https URL'],
    ['LATCHKEY_PUBLIC_URL', 'https://auth.example.com/base', 'no path, query, fragment or user name'],
    ['LATCHKEY_PUBLIC_URL', 'https://auth.example.com?', 'no path, query, fragment or user name'],
    ['LATCHKEY_PUBLIC_URL', 'https://me@auth.example.com', 'no path, query, fragment or user name'],
    ['LATCHKEY_AUTH_SERVER_ID', 'a/b', '1 to 64 letters, digits, _ or -'],
    ['LATCHKEY_AUTH_SERVER_ID', 'x'.repeat(65), '1 to 64 letters, digits, _ or -'],
    ['LATCHKEY_AUDIENCE', 'two words', 'printable ASCII characters'],
    ['LATCHKEY_TOKEN_LIFETIME', '4', 'a whole number from 5 to 86400'],
    ['LATCHKEY_TOKEN_LIFETIME', '86401', 'a whole number from 5 to 86400'],
    ['LATCHKEY_TOKEN_LIFETIME', '1h', 'a whole number from 5 to 86400'],
    ['LATCHKEY_SIGNING_ALG', 'HS256', 'one of RS256, ES256, EdDSA'],
    ['LATCHKEY_SIGNING_ALG', 'none', 'one of RS256, ES256, EdDSA'],
    ['LATCHKEY_SECRET_REVEAL', 'always', 'operators or never'],
    ['LATCHKEY_TRUSTED_PROXIES', '10.0.0.0/33', 'IP addresses or CIDR ranges'],
    ['LATCHKEY_TRUSTED_PROXIES', 'proxy.internal', 'IP addresses or CIDR ranges'],
    ['LATCHKEY_KEY_SOURCE_NETWORKS', '10.1.2.3/8', 'a range begins with its first address'],
    ['LATCHKEY_KEY_SOURCE_NETWORKS', '10.0.0.0/8,', 'IP addresses or CIDR ranges'],
    ['LATCHKEY_KEY_SOURCE_NETWORKS', 'issuer.internal', 'IP addresses or CIDR ranges'],
    ['LATCHKEY_JWKS_MAX_AGE', '0', 'a whole number from 1 to 86400'],
    ['LATCHKEY_JWKS_MAX_AGE', '86401', 'a whole number from 1 to 86400'],
    ['LATCHKEY_LOG_LEVEL', 'verbose', 'one of trace, debug, info'],
    ['LATCHKEY_LOG_FORMAT', 'xml', 'json or pretty'],
    ['LATCHKEY_DEMO', 'yes', 'on or off'],
    ['LATCHKEY_ENVIRONMENT', '<b>Production</b>', '1 to 24 letters'],
    ['LATCHKEY_ENVIRONMENT', 'a name that is much too long', '1 to 24 letters'],
    ['LATCHKEY_ADMIN_BEHIND_PROXY', 'true', 'on or off'],
  ])('%s=%s', (name, value, expected) => {
    const problems = problemsOf({ [name]: value })
    expect(problems.map(({ setting }) => setting)).toEqual([name])
    expect(problems[0]?.problem).toContain(expected)
  })

  test('the colour of an environment must be one of the colours that the console draws', () => {
    const [problem] = problemsOf({ LATCHKEY_ENVIRONMENT: 'Staging', LATCHKEY_ENVIRONMENT_COLOR: '#ff0000' })
    expect(problem?.setting).toBe('LATCHKEY_ENVIRONMENT_COLOR')
    expect(problem?.problem).toContain('one of gray, green, blue, violet, orange, red')
  })

  test('a colour without the name of an environment is a problem, because no badge would be shown', () => {
    const problems = problemsOf({ LATCHKEY_ENVIRONMENT_COLOR: 'red' })
    expect(problems.map(({ setting }) => setting)).toEqual(['LATCHKEY_ENVIRONMENT_COLOR'])
    expect(problems[0]?.cure).toContain('LATCHKEY_ENVIRONMENT')
    expect(problemsOf({ LATCHKEY_ENVIRONMENT: 'Production', LATCHKEY_ENVIRONMENT_COLOR: 'red' })).toEqual([])
  })

  test('an empty variable does not mean the default', () => {
    expect(problemsOf({ LATCHKEY_PORT: '' })[0]?.problem).toContain('is empty')
  })

  test('the problem of a flag names the flag', () => {
    expect(settingsOf({}, { tokenLifetime: '2' })).toEqual(['--token-lifetime'])
  })
})

test('all problems are reported at once', () => {
  const env = {
    LATCHKEY_TOKEN_LIFETIME: 'x',
    LATCHKEY_DEMO: 'maybe',
    LATCHKEY_ADMIN_HOST: '0.0.0.0',
    LATCHKEY_PROT: '1',
  }
  const expected = ['LATCHKEY_ADMIN_HOST', 'LATCHKEY_DEMO', 'LATCHKEY_PROT', 'LATCHKEY_TOKEN_LIFETIME']
  expect(settingsOf(env).toSorted()).toEqual(expected)
})

test('an invalid value leads to no second problem about its default', () => {
  expect(settingsOf({ LATCHKEY_PORT: 'x', LATCHKEY_ADMIN_PORT: '8080' })).toEqual(['LATCHKEY_PORT'])
})

describe('an unknown variable', () => {
  test('is a problem, and the remedy names the most similar variable', () => {
    expect(problemsOf({ LATCHKEY_PUBLICURL: 'https://auth.example.com' })).toEqual([
      { setting: 'LATCHKEY_PUBLICURL', problem: 'is not a setting', cure: 'Did you mean LATCHKEY_PUBLIC_URL?' },
    ])
  })

  test('that resembles no setting refers to the list of settings', () => {
    expect(problemsOf({ LATCHKEY_ZEBRA: '1' })[0]?.cure).toContain('serve --help')
  })

  test('is not quoted, because it may be a misspelt secret', () => {
    expect(JSON.stringify(problemsOf({ LATCHKEY_MASTERKEY: 'very-secret' }))).not.toContain('very-secret')
  })

  test('of the command line is accepted by the server too', () => {
    expect(problemsOf({ LATCHKEY_ADMIN_URL: 'http://127.0.0.1:8081', LATCHKEY_ADMIN_KEY: 'k' })).toEqual([])
  })

  test('of another program is ignored', () => {
    expect(problemsOf({ LATCH: '1', MY_LATCHKEY_PORT: '1' })).toEqual([])
  })
})

describe('a database URL', () => {
  const KEY = Buffer.alloc(32, 1).toString('base64url')

  test.each(['mysql://u:hunter2@db/latchkey', 'postgres://u:hunter2@db', 'u:hunter2@db/latchkey'])(
    'that is not a URL of PostgreSQL is refused without repeating its password: %s',
    (url) => {
      const [problem] = problemsOf({ LATCHKEY_DATABASE_URL: url, LATCHKEY_MASTER_KEY: KEY })
      expect(problem).toMatchObject({ setting: 'LATCHKEY_DATABASE_URL' })
      expect(JSON.stringify(problem)).not.toContain('hunter2')
    },
  )

  test('needs a master key, because each server would make its own', () => {
    const problems = problemsOf({ LATCHKEY_DATABASE_URL: 'postgres://u:hunter2@db/latchkey' })
    expect(problems).toMatchObject([{ setting: 'LATCHKEY_MASTER_KEY' }])
    expect(JSON.stringify(problems)).not.toContain('hunter2')
  })

  test('and a master key are enough for several servers', () => {
    expect(problemsOf({ LATCHKEY_DATABASE_URL: 'postgres://u:p@db/latchkey', LATCHKEY_MASTER_KEY: KEY })).toEqual([])
  })
})

describe('for listeners beyond loopback,', () => {
  test('the public one needs TLS or an https public URL', () => {
    const [problem] = problemsOf({ LATCHKEY_HOST: '0.0.0.0' })
    expect(problem?.setting).toBe('LATCHKEY_HOST')
    expect(problem?.cure).toContain('LATCHKEY_TLS_CERT_FILE')
    expect(problem?.cure).toContain('LATCHKEY_PUBLIC_URL=https://')
    expect(settingsOf({ LATCHKEY_HOST: '192.0.2.1', LATCHKEY_PUBLIC_URL: 'https://auth.example.com' })).toEqual([])
  })

  test('both need no TLS if LATCHKEY_PUBLISHED_ON says that their ports are published only on loopback', () => {
    const env = { LATCHKEY_HOST: '0.0.0.0', LATCHKEY_ADMIN_HOST: '0.0.0.0' }
    for (const { cure } of problemsOf(env)) {
      expect(cure).toContain('LATCHKEY_TLS_CERT_FILE')
      expect(cure).toContain('behind a proxy')
      expect(cure).toContain('LATCHKEY_PUBLISHED_ON=loopback')
    }
    expect(settingsOf(env)).toEqual(['LATCHKEY_HOST', 'LATCHKEY_ADMIN_HOST'])
    expect(settingsOf({ ...env, LATCHKEY_PUBLISHED_ON: 'loopback' })).toEqual([])
    expect(settingsOf({ ...env, LATCHKEY_PUBLISHED_ON: '0.0.0.0' })).toContain('LATCHKEY_PUBLISHED_ON')
    const elsewhere = { LATCHKEY_PUBLISHED_ON: 'loopback', LATCHKEY_PUBLIC_URL: 'http://auth.example.com' }
    expect(settingsOf({ ...env, ...elsewhere })).toEqual(['LATCHKEY_PUBLIC_URL'])
  })

  test('--listen-all needs TLS as well, and the problem names it', () => {
    expect(settingsOf({}, { listenAll: true })).toEqual(['--listen-all'])
  })

  test('the admin one needs TLS or LATCHKEY_ADMIN_BEHIND_PROXY=on', () => {
    const [problem] = problemsOf({ LATCHKEY_ADMIN_HOST: '192.0.2.1' })
    expect(problem?.setting).toBe('LATCHKEY_ADMIN_HOST')
    expect(problem?.cure).toContain('LATCHKEY_ADMIN_BEHIND_PROXY=on')
    expect(settingsOf({ LATCHKEY_ADMIN_HOST: '192.0.2.1', LATCHKEY_ADMIN_BEHIND_PROXY: 'on' })).toEqual([])
  })

  test('an http public URL is for loopback only', () => {
    expect(settingsOf({ LATCHKEY_PUBLIC_URL: 'http://auth.example.com' })).toEqual(['LATCHKEY_PUBLIC_URL'])
    expect(settingsOf({ LATCHKEY_PUBLIC_URL: 'http://localhost:9999' })).toEqual([])
  })

  test.each(['localhost', 'LOCALHOST', '127.0.0.1', '127.8.9.10', '::1'])('%s counts as loopback', (host) => {
    expect(settingsOf({ LATCHKEY_HOST: host })).toEqual([])
  })

  test.each(['0.0.0.0', '::', '10.0.0.1', 'example.com', 'localhost.example.com', 'fe80::1'])(
    '%s does not count as loopback',
    (host) => {
      expect(settingsOf({ LATCHKEY_HOST: host })).toContain('LATCHKEY_HOST')
    },
  )
})

test('two listeners cannot share a port', () => {
  expect(settingsOf({ LATCHKEY_PORT: '9000', LATCHKEY_ADMIN_PORT: '9000' })).toEqual(['LATCHKEY_ADMIN_PORT'])
  expect(settingsOf({ LATCHKEY_PORT: '0', LATCHKEY_ADMIN_PORT: '0' })).toEqual([])
  expect(settingsOf({ LATCHKEY_PORT: '8081', LATCHKEY_HOST: '127.0.0.2' })).toEqual([])
})

test('--listen-all and --host contradict each other', () => {
  const flags = { listenAll: true, host: '127.0.0.1', publicUrl: 'https://auth.example.com' } as const
  expect(settingsOf({}, flags)).toEqual(['--listen-all'])
})

describe('TLS', () => {
  const folderWith = (files: Readonly<Record<string, string>>) => {
    const folder = aFolder(files)
    return { LATCHKEY_TLS_CERT_FILE: join(folder, 'tls.crt'), LATCHKEY_TLS_KEY_FILE: join(folder, 'tls.key') }
  }

  test('a certificate with its key turns TLS on for the public listener', () => {
    const { cert, key } = aCertificate()
    const read = readConfig({ env: folderWith({ 'tls.crt': cert, 'tls.key': key }), flags: {} })
    expect(read.ok && read.value.publicListener.tls?.cert).toBe(cert)
    expect(read.ok && read.value.publicListener.tls?.key.reveal()).toBe(key)
    expect(read.ok && read.value.publicUrl).toBe('https://127.0.0.1:8080')
    expect(read.ok && read.value.adminListener.tls).toBeUndefined()
  })

  test('an admin listener beyond loopback uses TLS with the same certificate', () => {
    const { cert, key } = aCertificate()
    const env = { ...folderWith({ 'tls.crt': cert, 'tls.key': key }), LATCHKEY_ADMIN_HOST: '192.0.2.1' }
    const read = readConfig({ env, flags: {} })
    expect(read.ok && read.value.adminListener.tls?.cert).toBe(cert)
  })

  test('a certificate without its key is a problem, and a key without its certificate', () => {
    const { cert, key } = aCertificate()
    const files = folderWith({ 'tls.crt': cert, 'tls.key': key })
    expect(settingsOf({ LATCHKEY_TLS_CERT_FILE: files.LATCHKEY_TLS_CERT_FILE })).toEqual(['LATCHKEY_TLS_CERT_FILE'])
    expect(settingsOf({ LATCHKEY_TLS_KEY_FILE: files.LATCHKEY_TLS_KEY_FILE })).toEqual(['LATCHKEY_TLS_KEY_FILE'])
  })

  test('two files that cannot be read are two problems', () => {
    const problems = problemsOf(folderWith({}))
    expect(problems.map(({ setting }) => setting)).toEqual(['LATCHKEY_TLS_CERT_FILE', 'LATCHKEY_TLS_KEY_FILE'])
    expect(problems[0]?.problem).toContain('ENOENT')
  })

  test('the key of another certificate is a problem', () => {
    const [problem] = problemsOf(folderWith({ 'tls.crt': aCertificate().cert, 'tls.key': aCertificate().key }))
    expect(problem?.problem).toContain('is not the key of the certificate')
  })

  test('a file that is not PEM is a problem, and the key is not quoted', () => {
    const problems = problemsOf(folderWith({ 'tls.crt': 'no certificate', 'tls.key': 'nearly-a-key' }))
    expect(problems.map(({ setting }) => setting)).toEqual(['LATCHKEY_TLS_CERT_FILE', 'LATCHKEY_TLS_KEY_FILE'])
    expect(JSON.stringify(problems)).not.toContain('nearly-a-key')
  })

  test('an http public URL contradicts TLS', () => {
    const { cert, key } = aCertificate()
    const env = { ...folderWith({ 'tls.crt': cert, 'tls.key': key }), LATCHKEY_PUBLIC_URL: 'http://127.0.0.1:8080' }
    expect(settingsOf(env)).toEqual(['LATCHKEY_PUBLIC_URL'])
  })

  test('a listener on all addresses needs a public URL', () => {
    const { cert, key } = aCertificate()
    const env = folderWith({ 'tls.crt': cert, 'tls.key': key })
    expect(settingsOf(env, { listenAll: true })).toEqual(['LATCHKEY_PUBLIC_URL'])
    expect(settingsOf(env, { listenAll: true, publicUrl: 'https://auth.example.com' })).toEqual([])
  })
})

describe('a master key', () => {
  test('of another length than 32 bytes is refused, and the error does not repeat it', () => {
    const [problem] = problemsOf({ LATCHKEY_MASTER_KEY: 'correct-horse' })
    expect(problem?.setting).toBe('LATCHKEY_MASTER_KEY')
    expect(problem?.cure).toContain('openssl rand')
    expect(JSON.stringify(problem)).not.toContain('correct-horse')
  })

  test('that is given both as text and as a file is a problem', () => {
    const env = { LATCHKEY_MASTER_KEY: 'k', LATCHKEY_MASTER_KEY_FILE: join(aFolder({ key: 'k' }), 'key') }
    expect(problemsOf(env)[0]?.problem).toContain('both set')
  })

  test('in a file that does not exist is a problem', () => {
    expect(settingsOf({ LATCHKEY_MASTER_KEY_FILE: join(aFolder(), 'gone') })).toEqual(['LATCHKEY_MASTER_KEY_FILE'])
  })

  test('that is empty is a problem', () => {
    expect(problemsOf({ LATCHKEY_MASTER_KEY: ' ' })[0]?.problem).toBe('is empty')
  })
})

test('the text of the problems has the setting, the problem and the remedy of each', () => {
  const text = describeProblems(problemsOf({ LATCHKEY_DEMO: 'maybe', LATCHKEY_PROT: '1' }))
  expect(text).toContain('2 settings need attention')
  expect(text).toContain('LATCHKEY_DEMO is "maybe"; it must be on or off.\n')
  expect(text).toContain('LATCHKEY_PROT is not a setting.\n    Did you mean LATCHKEY_PORT?')
})
