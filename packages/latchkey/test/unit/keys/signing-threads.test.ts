// Every token gets a signature over its own text under one key, even if keys change or threads end during the signing.
import { execFile } from 'node:child_process'
import { verify } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { Worker } from 'node:worker_threads'
import type { AccessTokenClaims } from '@latchkey/protocol'
import fc from 'fast-check'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { describe, expect, onTestFinished, test } from 'vitest'
import { SIGNING_ALGORITHMS } from '../../../src/domain/signing-key.ts'
import type { KeySet } from '../../../src/keys/key-set.ts'
import type { OpenedKey } from '../../../src/keys/signing-keys.ts'
import { aKeySet, anOpenedKey, NOW, someClaims } from './a-key-set.ts'
import { aSigner } from './a-signer.ts'

/** The threads that are started from now on until the test ends. */
function startedThreads(): readonly Worker[] {
  const threads: Worker[] = []
  const note = (thread: Worker): void => void threads.push(thread)
  process.on('worker', note)
  onTestFinished(() => void process.off('worker', note))
  return threads
}

function isSignedBy(key: OpenedKey, token: string): boolean {
  const [header, payload, signature] = token.split('.') as [string, string, string]
  const input = Buffer.from(`${header}.${payload}`)
  const { publicKey, digest } = key
  return verify(digest, input, { key: publicKey, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'))
}

/** Every token has the claims that were requested, and the signature of the key that its header names. */
function expectOwnSignatures(
  tokens: readonly string[],
  requested: readonly AccessTokenClaims[],
  keys: readonly OpenedKey[],
) {
  expect(tokens.map((token) => decodeJwt(token))).toEqual(requested)
  const signers = new Map(keys.map((key) => [key.record.kid, key]))
  for (const token of tokens) {
    const key = signers.get(decodeProtectedHeader(token).kid ?? '')
    expect(key !== undefined && isSignedBy(key, token)).toBe(true)
  }
}

const claimsOf = (size: number, generation: number) => someClaims({ clientId: 'x'.repeat(size), generation })

describe.each([1, 2, 4])('on %i cores', (cores) => {
  test.each(SIGNING_ALGORITHMS)(
    'each %s token has the signature over its own claims, for claims of all sizes',
    async (alg) => {
      const keySet = await aKeySet(alg)
      const signer = aSigner(keySet, cores)
      const turns = fc.array(fc.array(fc.integer({ min: 1, max: 2000 }), { maxLength: 40 }), { maxLength: 8 })
      let generation = 0
      const check = async (sizesOfTurns: readonly (readonly number[])[]): Promise<void> => {
        const requested: AccessTokenClaims[] = []
        const signing: Promise<string>[] = []
        for (const sizes of sizesOfTurns) {
          for (const size of sizes) {
            const claims = claimsOf(size, ++generation)
            requested.push(claims)
            signing.push(signer.sign(claims))
          }
          await turn()
        }
        expectOwnSignatures(await Promise.all(signing), requested, [keySet.current])
      }
      await fc.assert(fc.asyncProperty(turns, check), { numRuns: 6 })
    },
  )
})

test('a token has the kid and the signature of the same key, even if the key changes during signing', async () => {
  const keys = [await anOpenedKey('ES256'), await anOpenedKey('ES256'), await anOpenedKey('EdDSA')]
  const keySet = await aKeySet('ES256')
  const signer = aSigner(keySet)
  const changes = fc.array(fc.tuple(fc.nat(2), fc.nat(20), fc.boolean()), { minLength: 3, maxLength: 12 })
  const check = async (steps: readonly (readonly [number, number, boolean])[]): Promise<void> => {
    const requested: { readonly kid: string; readonly claims: AccessTokenClaims; readonly token: Promise<string> }[] =
      []
    for (const [number, count, turns] of steps) {
      const key = keys[number] as OpenedKey
      keySet.replace([key], NOW)
      for (let i = 0; i < count; i++) {
        const claims = claimsOf(number + 1, i)
        requested.push({ kid: key.record.kid, claims, token: signer.sign(claims) })
      }
      if (turns) await turn()
    }
    const tokens = await Promise.all(requested.map(({ token }) => token))
    const claims = requested.map((one) => one.claims)
    expectOwnSignatures(tokens, claims, keys)
    expect(tokens.map((token) => decodeProtectedHeader(token).kid)).toEqual(requested.map(({ kid }) => kid))
  }
  await fc.assert(fc.asyncProperty(changes, check), { numRuns: 20 })
})

/** Requests ten tokens signed by this key, in one turn of the event loop. */
function tenBy(key: OpenedKey, keySet: KeySet, signer: ReturnType<typeof aSigner>): readonly Promise<string>[] {
  keySet.replace([key], NOW)
  return Array.from({ length: 10 }, (_, generation) => signer.sign(claimsOf(20, generation)))
}

test('a key that fails affects only the tokens that it was to sign', async () => {
  const keySet = await aKeySet('EdDSA')
  const good = keySet.current
  const broken = { ...(await anOpenedKey('EdDSA')), digest: 'sha256' as const } // Ed25519 takes no digest
  const signer = aSigner(keySet)
  const signing = [good, broken, good].flatMap((key) => tenBy(key, keySet, signer))
  const outcomes = await Promise.allSettled(signing)
  const expected = [...Array<string>(10).fill('fulfilled'), ...Array<string>(10).fill('rejected')]
  expect(outcomes.map(({ status }) => status)).toEqual([...expected, ...expected.slice(0, 10)])
})

test('a thread that ends fails its batch, and another thread signs the next tokens', async () => {
  const threads = startedThreads()
  const keySet = await aKeySet('ES256')
  const [first, second] = [keySet.current, await anOpenedKey('ES256')]
  const signer = aSigner(keySet)
  await Promise.all(tenBy(first, keySet, signer))
  const [thread] = threads
  // Terminates the thread just before it gets the first of the two batches. Both happen in one turn of the event loop,
  // so the signer does not know yet that the thread has ended.
  setImmediate(() => void thread?.terminate())
  const lost = tenBy(first, keySet, signer)
  const later = tenBy(second, keySet, signer)
  for (const outcome of await Promise.allSettled(lost)) {
    expect(outcome).toMatchObject({ status: 'rejected', reason: { message: 'the signing thread ended' } })
  }
  const tokens = await Promise.all([...later, ...tenBy(first, keySet, signer)])
  expect(tokens.filter((token) => isSignedBy(first, token))).toHaveLength(10)
  expect(tokens.filter((token) => isSignedBy(second, token))).toHaveLength(10)
  expect(threads).toHaveLength(2)
})

test('a closed signer fails the tokens that it has not signed, and all later tokens', async () => {
  const keySet = await aKeySet('EdDSA')
  const signer = aSigner(keySet)
  const outcomes = Promise.allSettled(tenBy(keySet.current, keySet, signer))
  await signer.close()
  const [later] = await Promise.allSettled([signer.sign(someClaims())])
  for (const outcome of [...(await outcomes), later]) {
    expect(outcome).toMatchObject({ status: 'rejected', reason: { message: 'the signer is closed' } })
  }
})

test('a signer that is not closed does not keep the process alive', async () => {
  const program = `
    import { createSigner } from '${new URL('../../../src/keys/signer.ts', import.meta.url).href}'
    import { aKeySet, someClaims } from '${new URL('./a-key-set.ts', import.meta.url).href}'
    const signer = createSigner(await aKeySet('ES256'), 2)
    const isHeld = setInterval(() => undefined, 60_000)
    signer.sign(someClaims(), (cause, text) => {
      clearInterval(isHeld)
      console.log(text.split('.').length)
    })`
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-signer-'))
  onTestFinished(() => {
    rmSync(folder, { recursive: true })
  })
  writeFileSync(join(folder, 'program.mjs'), program)
  const { stdout } = await promisify(execFile)(process.execPath, [join(folder, 'program.mjs')], { timeout: 30_000 })
  expect(stdout).toBe('3\n')
})

test.each([
  { alg: 'RS256', cores: 1, count: 1 },
  { alg: 'RS256', cores: 2, count: 0 },
  { alg: 'RS256', cores: 8, count: 0 },
  { alg: 'ES256', cores: 1, count: 1 },
  { alg: 'ES256', cores: 8, count: 1 },
  { alg: 'EdDSA', cores: 8, count: 1 },
] as const)('$alg on $cores cores starts $count threads for sequential requests', async ({ alg, cores, count }) => {
  const threads = startedThreads()
  const keySet = await aKeySet(alg)
  const signer = aSigner(keySet, cores)
  for (let generation = 0; generation < 3; generation++) {
    expect(isSignedBy(keySet.current, await signer.sign(claimsOf(20, generation)))).toBe(true)
  }
  expect(threads).toHaveLength(count)
})

test('many requests at once are signed by several threads, at most one fewer than there are cores', async () => {
  const threads = startedThreads()
  const keySet = await aKeySet('ES256')
  const signer = aSigner(keySet, 4)
  const requested = Array.from({ length: 500 }, (_, generation) => claimsOf(20, generation))
  expectOwnSignatures(await Promise.all(requested.map(signer.sign)), requested, [keySet.current])
  expect(threads).toHaveLength(3)
})
