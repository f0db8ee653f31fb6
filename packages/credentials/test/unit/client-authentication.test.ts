// The authentication of a client's requests, checked with jose.
import { execFileSync } from 'node:child_process'
import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { calculateJwkThumbprint, jwtVerify } from 'jose'
import { expect, onTestFinished, test } from 'vitest'
import { AssertionUnavailable, createClientAuthentication, loadCredentials } from '../../src/index.ts'

const SUBJECT = { clientId: 'lk0123456789abcd', audience: 'https://auth.example.com/oauth2/default' }

const KEYS = {
  RS256: () => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey,
  ES256: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
  EdDSA: () => generateKeyPairSync('ed25519').privateKey,
}

function aFile(content: string, mode = 0o600): string {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-credentials-'))
  onTestFinished(() => {
    rmSync(folder, { recursive: true })
  })
  const path = join(folder, 'file')
  writeFileSync(path, content)
  chmodSync(path, mode)
  return path
}

const pem = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString()

test.each(Object.keys(KEYS) as (keyof typeof KEYS)[])(
  'a client with a key for %s signs an assertion that jose accepts, and another assertion for each request',
  async (alg) => {
    const privateKey = KEYS[alg]()
    const authenticate = createClientAuthentication({ privateKey }, SUBJECT)
    const [one, two] = [await authenticate(), await authenticate()]
    expect(one.authorization).toBeUndefined()
    expect(one.form['client_assertion_type']).toBe('urn:ietf:params:oauth:client-assertion-type:jwt-bearer')
    const verified = await jwtVerify(one.form['client_assertion'] ?? '', createPublicKey(privateKey), {
      audience: SUBJECT.audience,
      issuer: SUBJECT.clientId,
      subject: SUBJECT.clientId,
      algorithms: [alg],
      typ: 'client-authentication+jwt',
    })
    const { iat = 0, exp = 0, jti } = verified.payload
    expect(exp - iat).toBe(60)
    expect(jti).toMatch(/^[\w-]{22}$/)
    const kid = await calculateJwkThumbprint(createPublicKey(privateKey).export({ format: 'jwk' }))
    expect(verified.protectedHeader.kid).toBe(kid)
    expect(one.form['client_assertion']).not.toBe(two.form['client_assertion'])
  },
)

test('an RSA key signs with the algorithm and the key ID of the options', async () => {
  const privateKey = KEYS.RS256()
  const authenticate = createClientAuthentication({ privateKey, algorithm: 'PS256', keyId: 'own' }, SUBJECT)
  const { form } = await authenticate()
  const { protectedHeader } = await jwtVerify(form['client_assertion'] ?? '', createPublicKey(privateKey), {
    algorithms: ['PS256'],
  })
  expect(protectedHeader).toMatchObject({ alg: 'PS256', kid: 'own' })
})

test('a private key file that its group may read is used, as Kubernetes mounts it', async () => {
  const key = KEYS.ES256()
  for (const mode of [0o600, 0o440, 0o640]) {
    const authenticate = createClientAuthentication({ privateKey: aFile(pem(key), mode) }, SUBJECT)
    const { form } = await authenticate()
    await expect(jwtVerify(form['client_assertion'] ?? '', createPublicKey(key))).resolves.toBeDefined()
  }
})

test('a private key file that every user may read is refused, and so is a file without a key', () => {
  const key = pem(KEYS.ES256())
  for (const mode of [0o644, 0o604, 0o602]) {
    const privateKey = aFile(key, mode)
    expect(() => createClientAuthentication({ privateKey }, SUBJECT)).toThrow(
      /is open to every user\. Run: chmod 600 \//,
    )
  }
  expect(() => createClientAuthentication({ privateKey: aFile('no key') }, SUBJECT)).toThrow(/no private key in PEM/)
  expect(() => createClientAuthentication({ privateKey: aFile('x'.repeat(20_000)) }, SUBJECT)).toThrow(/16384 bytes/)
  expect(() => createClientAuthentication({ privateKey: '/nowhere' }, SUBJECT)).toThrow(/cannot be read \(ENOENT\)/)
})

test.skipIf(process.platform === 'win32')('a pipe is refused at once, as a key and as an assertion', async () => {
  const pipe = `${aFile('')}.pipe`
  execFileSync('mkfifo', ['-m', '600', pipe])
  expect(() => createClientAuthentication({ privateKey: pipe }, SUBJECT)).toThrow(/not a regular file/)
  await expect(createClientAuthentication({ assertionFile: pipe }, SUBJECT)()).rejects.toThrow(/not a regular file/)
})

test('if the function that makes assertions fails, its error is not passed on as a cause, because programs log causes', async () => {
  const assertion = () => Promise.reject(new TypeError('refused: aaa.bbb.ccc'))
  const failure: unknown = await createClientAuthentication({ assertion }, SUBJECT)().catch((cause: unknown) => cause)
  expect(String(failure)).toContain('(TypeError)')
  expect(inspect(failure, { depth: null })).not.toContain('aaa.bbb.ccc')
})

test('a key of another type, and an algorithm that does not fit the key, are refused', () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' })
  expect(() => createClientAuthentication({ privateKey }, SUBJECT)).toThrow(/RSA, P-256 or Ed25519/)
  const mismatch = { privateKey: KEYS.ES256(), algorithm: 'RS256' } as const
  expect(() => createClientAuthentication(mismatch, SUBJECT)).toThrow(/must fit/)
})

test.each([1024, 2560])(
  'an RSA key of %i bits is refused at the start, because servers refuse its public key',
  (bits) => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: bits })
    const credentials = { privateKey: aFile(pem(privateKey)) }
    expect(() => createClientAuthentication(credentials, SUBJECT)).toThrow(
      `the private key is an RSA key of ${String(bits)} bits, which servers do not accept: make a key of 2048, 3072 or 4096 bits`,
    )
  },
)

test('a loaded key no longer needs its file', async () => {
  const key = KEYS.EdDSA()
  const path = aFile(pem(key))
  const loaded = loadCredentials({ privateKey: path, keyId: 'own' })
  rmSync(path)
  const { form } = await createClientAuthentication(loaded, SUBJECT)()
  const { protectedHeader } = await jwtVerify(form['client_assertion'] ?? '', createPublicKey(key))
  expect(protectedHeader.kid).toBe('own')
})

test('a program whose credentials are not in files loads no file system module', () => {
  const program = `
    import { registerHooks } from 'node:module'
    registerHooks({
      resolve(name, context, next) {
        if (/^(node:)?fs/.test(name)) throw new Error('there is no ' + name)
        return next(name, context)
      },
    })
    const { createClientAuthentication } = await import(process.argv[1])
    const subject = { clientId: 'lk0123456789abcd', audience: 'https://auth.example.com' }
    console.log((await createClientAuthentication({ clientSecret: 'a' }, subject)()).authorization !== undefined)`
  const door = join(import.meta.dirname, '../../src/index.ts')
  expect(execFileSync(process.execPath, ['--input-type=module', '-e', program, door]).toString()).toBe('true\n')
})

test('an assertion file is read again for each request, even if other users may read the file', async () => {
  const path = aFile('a.b.c\n', 0o644)
  const authenticate = createClientAuthentication({ assertionFile: path }, SUBJECT)
  expect((await authenticate()).form['client_assertion']).toBe('a.b.c')
  writeFileSync(path, 'd.e.f')
  expect((await authenticate()).form['client_assertion']).toBe('d.e.f')
})

test.each([
  ['a file that is not there', { assertionFile: '/nowhere' }],
  ['a text that is no JWT', { assertion: () => 'a secret text' }],
  ['a text of more than 8,192 characters', { assertion: () => `a.${'b'.repeat(8192)}.c` }],
  ['a function that fails', { assertion: () => Promise.reject(new Error('no token')) }],
])('%s gives no authentication, and the error quotes no assertion', async (_what, credentials) => {
  const failure = await createClientAuthentication(credentials, SUBJECT)().catch((cause: unknown) => cause)
  expect(failure).toBeInstanceOf(AssertionUnavailable)
  expect(String(failure)).not.toContain('secret text')
})

test('a secret is sent by HTTP Basic', async () => {
  const { authorization, form } = await createClientAuthentication({ clientSecret: 'secret' }, SUBJECT)()
  expect([authorization?.reveal(), form]).toEqual([`Basic ${btoa('lk0123456789abcd:secret')}`, {}])
})
