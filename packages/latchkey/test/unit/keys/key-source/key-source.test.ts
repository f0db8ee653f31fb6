// How long the server uses fetched keys, when it fetches them again, and what it answers while the key server is away.
import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { KeySourceSettings } from '../../../../src/keys/key-source/key-source-settings.ts'
import { aKeyServer, type KeyServer } from '../../../a-key-server.ts'
import { aKeySource, type TestKeySource } from '../../../a-key-source.ts'

const aKey = (kid?: string) => ({
  ...generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' }),
  ...(kid !== undefined && { kid }),
})
const FIRST = aKey('first')
const SECOND = aKey('second')
const ES256 = { alg: 'ES256' }
const asks = (kid: string | undefined, alg = 'ES256') => ({ kid, alg })

const UNKNOWN = { outcome: 'unknown_key' }
const unavailable = (retryAfterSeconds: number) => ({ outcome: 'unavailable', retryAfterSeconds })
const found = (...keys: readonly object[]) => ({ outcome: 'found', keys: keys.map((jwk) => ({ jwk })) })
const jwkOf = ({ x, y }: ReturnType<typeof aKey>) => ({ x, y })

type Settings = Partial<Omit<KeySourceSettings, 'location'>>

/** Starts a server that publishes the first key, and a key source that has fetched that key. */
async function aFetchedSource(settings: Settings = {}): Promise<{ source: TestKeySource; server: KeyServer }> {
  const server = await aKeyServer()
  server.publish({ keys: [FIRST] })
  const source = aSourceOf(server, settings)
  expect(await source.find(asks('first'))).toMatchObject(found(jwkOf(FIRST)))
  return { source, server }
}

/** Stops the key server after the source has fetched its keys. Resolves when the next fetch has failed. */
async function withoutServer(fetched: ReturnType<typeof aFetchedSource>): ReturnType<typeof aFetchedSource> {
  const { source, server } = await fetched
  await server.stop()
  source.time.advance(225)
  await source.fetches(2)
  return { source, server }
}

const aSourceOf = ({ origin: uri, certificate }: KeyServer, settings: Settings = {}): TestKeySource =>
  aKeySource({ location: { source: 'jwks_uri', uri }, tlsCa: certificate.cert, ...settings })

describe('while the keys are fresh', () => {
  test('a known key is found without a fetch', async () => {
    const { source, server } = await aFetchedSource()
    source.time.advance(224)
    expect(await source.find(asks('first'))).toMatchObject(found(jwkOf(FIRST)))
    expect(server.requests).toHaveLength(1)
    expect(source.state()).toEqual({
      fetchedAt: 1_800_000_000,
      freshUntil: 1_800_000_300,
      lastError: undefined,
      kids: ['first'],
    })
  })

  test('an unknown key is unknown at once for 30 s after a fetch, and then one fetch looks for it', async () => {
    const { source, server } = await aFetchedSource()
    server.publish({ keys: [FIRST, SECOND] })
    source.time.advance(29.9)
    expect(await source.find(asks('second'))).toEqual(UNKNOWN)
    expect(server.requests).toHaveLength(1)
    source.time.advance(0.1)
    expect(await source.find(asks('second'))).toMatchObject(found(jwkOf(SECOND)))
    expect(await source.find(asks('third'))).toEqual(UNKNOWN)
    expect(server.requests).toHaveLength(2)
  })

  test('200 requests with one new key share one fetch', async () => {
    const { source, server } = await aFetchedSource()
    server.publish({ keys: [FIRST, SECOND] })
    source.time.advance(30)
    const answers = await Promise.all(Array.from({ length: 200 }, () => source.find(asks('second'))))
    expect(answers.filter(({ outcome }) => outcome === 'found')).toHaveLength(200)
    expect(server.requests).toHaveLength(2)
  })

  test('a key that a successful answer no longer lists is unknown at once', async () => {
    const { source, server } = await aFetchedSource()
    server.publish({ keys: [SECOND] })
    await source.refresh()
    expect(await source.find(asks('first'))).toEqual(UNKNOWN)
    server.publish({ keys: [] })
    expect(await source.refresh()).toMatchObject({ kids: [], lastError: undefined })
    expect(await source.find(asks('second'))).toEqual(UNKNOWN)
  })

  test('a key that is still published is the same object after a fetch', async () => {
    const { source, server } = await aFetchedSource()
    const before = await source.find(asks('first'))
    server.publish({ keys: [SECOND, FIRST] })
    await source.refresh()
    const after = await source.find(asks('first'))
    if (before.outcome !== 'found' || after.outcome !== 'found') throw new Error('not found')
    expect(after.keys[0]?.jwk).toBe(before.keys[0]?.jwk)
  })
})

describe('an answer is fresh', () => {
  test.each([
    [undefined, 300],
    ['no-store', 300],
    ['public, max-age=900', 900],
    ['max-age="120",public', 120],
    ['max-age=0', 60],
    ['max-age=59', 60],
    ['max-age=86400', 3600],
    ['s-maxage=900', 300],
    ['max-age=-1', 300],
  ])('with Cache-Control %s for %i s', async (cacheControl, seconds) => {
    const server = await aKeyServer()
    server.publish({ keys: [FIRST] }, cacheControl === undefined ? {} : { 'cache-control': cacheControl })
    const { fetchedAt = 0, freshUntil = 0 } = await aSourceOf(server).refresh()
    expect(freshUntil - fetchedAt).toBe(seconds)
  })
})

describe('the keys are fetched in the background', () => {
  test('after three quarters of their fresh time, while requests use them', async () => {
    const { source, server } = await aFetchedSource()
    server.publish({ keys: [FIRST, SECOND] })
    source.time.advance(225)
    await source.fetches(2)
    expect(await source.find(asks('second'))).toMatchObject(found(jwkOf(SECOND)))
    expect(server.requests).toHaveLength(2)
  })

  test('until no request has used them for an hour; then the next request waits for a fetch', async () => {
    const { source, server } = await aFetchedSource()
    await unusedForAnHour(source)
    expect(server.requests).toHaveLength(16)
    source.time.advance(100_000)
    expect(server.requests).toHaveLength(16)
    server.publish({ keys: [SECOND] })
    expect(await source.find(asks('first'))).toEqual(UNKNOWN)
    expect(await source.find(asks('second'))).toMatchObject(found(jwkOf(SECOND)))
    expect(server.requests).toHaveLength(17)
  })

  test('and keys that no request used for an hour are fetched again before use, even within stale_seconds', async () => {
    const { source, server } = await aFetchedSource({ staleSeconds: 86_400 })
    await unusedForAnHour(source)
    server.publish({ keys: [SECOND] })
    source.time.advance(3600)
    expect(await source.find(asks('first'))).toEqual(UNKNOWN)
  })
})

describe('while the source does not answer', () => {
  test('a known key is found for stale_seconds, and an unknown key is unavailable until the next try', async () => {
    const { source } = await withoutServer(aFetchedSource({ staleSeconds: 600 }))
    expect(await source.find(asks('second'))).toEqual(unavailable(1))
    for (const [index, wait] of [1, 2, 4, 8, 16, 32, 60, 60].entries()) {
      expect(await source.find(asks('second'))).toEqual(unavailable(wait))
      source.time.advance(wait - 0.5)
      expect(await source.find(asks('second'))).toEqual(unavailable(1))
      expect(await source.find(asks('first'))).toMatchObject(found(jwkOf(FIRST)))
      source.time.advance(0.5)
      await source.fetches(3 + index)
    }
    expect(source.reports.filter((line) => !line.startsWith('fetched'))).toEqual(['stale connection_failed 675'])
    expect(source.state()).toMatchObject({ lastError: 'connection_failed', kids: ['first'] })
    await outlast(source, minutes(10))
    expect(await source.find(asks('first'))).toEqual(unavailable(60))
    expect(source.reports.filter((line) => line.startsWith('unavailable'))).toEqual(['unavailable connection_failed'])
  })

  test('the end of its keys is reported at the first request for them, and not only at the next try', async () => {
    const { source } = await withoutServer(aFetchedSource({ staleSeconds: 0 }))
    await outlast(source, FIRST_TRIES)
    source.time.advance(12)
    for (const kid of ['first', 'second']) expect(await source.find(asks(kid))).toEqual(unavailable(48))
    expect(source.reports.slice(-2)).toEqual(['fetched connection_failed', 'unavailable connection_failed'])
  })

  test('after the source returns, its keys are found again within one back-off', async () => {
    const { source, server } = await withoutServer(aFetchedSource({ staleSeconds: 0 }))
    await outlast(source, FIRST_TRIES)
    source.time.advance(12)
    expect(await source.find(asks('first'))).toEqual(unavailable(48))
    await server.start()
    const next = source.fetches(source.fetchCount + 1)
    source.time.advance(48)
    await next
    expect(await source.find(asks('first'))).toMatchObject(found(jwkOf(FIRST)))
    expect(source.reports.slice(-2)).toEqual(['recovered', 'fetched good'])
  })

  test('a failed fetch for an unknown key makes later unknown keys unavailable, and not unknown', async () => {
    const { source, server } = await aFetchedSource()
    server.answer((_, response) => void response.writeHead(500).end())
    source.time.advance(30)
    expect(await source.find(asks('second'))).toEqual(unavailable(1))
    expect(await source.find(asks('second'))).toEqual(unavailable(1))
    expect(await source.find(asks('first'))).toMatchObject(found(jwkOf(FIRST)))
    expect(server.requests).toHaveLength(2)
  })

  test('a source that never answered is unavailable, and the first requests share each try', async () => {
    const server = await aKeyServer()
    const source = aSourceOf(server)
    const answers = await Promise.all([source.find(asks('first')), source.find(asks(undefined))])
    expect(answers).toEqual([unavailable(1), unavailable(1)])
    expect(await source.find(asks('first'))).toEqual(unavailable(1))
    expect(server.requests).toHaveLength(1)
    expect(source.reports).toEqual(['unavailable status_unusable', 'fetched status_unusable'])
    expect(source.state()).toEqual({
      fetchedAt: undefined,
      freshUntil: undefined,
      lastError: 'status_unusable',
      kids: [],
    })
  })

  test('a request waits 3 s for an answer: then an unknown key is unavailable, and a known one is found', async () => {
    const { source, server } = await aFetchedSource()
    server.answer(() => undefined)
    source.time.advance(225)
    await expect.poll(() => server.requests.length).toBe(2)
    source.time.advance(1)
    const pending = Promise.all([source.find(asks('second')), source.find(asks('third'))])
    const settled: unknown[] = []
    void pending.then((answers) => settled.push(...answers))
    source.time.advance(2.9)
    expect(await source.find(asks('first'))).toMatchObject(found(jwkOf(FIRST)))
    expect(settled).toEqual([])
    source.time.advance(0.1)
    expect(await pending).toEqual([unavailable(1), unavailable(1)])
    expect(server.requests).toHaveLength(2)
  })

  test('a request for a known but old key waits 3 s for an answer, and then the key is found', async () => {
    const { source, server } = await aFetchedSource({ staleSeconds: 86_400 })
    await unusedForAnHour(source)
    source.time.advance(3600)
    server.answer(() => undefined)
    const pending = source.find(asks('first'))
    await expect.poll(() => server.requests.length).toBe(17)
    source.time.advance(3)
    expect(await pending).toMatchObject(found(jwkOf(FIRST)))
  })
})

describe('an operator who refreshes the keys', () => {
  test('starts a fetch at once, whatever the result of the last fetch was', async () => {
    const { source, server } = await aFetchedSource()
    server.publish({ keys: [SECOND] })
    expect(await source.refresh()).toMatchObject({ kids: ['second'] })
    server.publish('no set')
    expect(await source.refresh()).toMatchObject({ kids: ['second'], lastError: 'answer_malformed' })
    server.publish({ keys: [FIRST] })
    expect(await source.refresh()).toMatchObject({ kids: ['first'], lastError: undefined })
  })

  test('joins the fetch that is running', async () => {
    const { source, server } = await aFetchedSource()
    await Promise.all([source.refresh(), source.refresh(), source.refresh()])
    expect(server.requests).toHaveLength(2)
  })
})

describe('a source that never lets a request wait', () => {
  test('fetches its keys when it is opened, and while no request uses them', async () => {
    const server = await aKeyServer()
    server.publish({ keys: [FIRST] })
    const source = aSourceOf(server, { requests: 'never_wait' })
    for (let count = 1; count <= 30; count++) {
      await source.fetches(count)
      source.time.advance(225)
    }
    await source.fetches(31)
    expect(await source.find(asks('first'))).toMatchObject(found(jwkOf(FIRST)))
    expect(server.requests).toHaveLength(31)
  })

  test('answers for an unknown key at once, and looks for the key in the background', async () => {
    const { source, server } = await aFetchedNeverWaiting()
    server.publish({ keys: [FIRST, SECOND] })
    expect(await source.find(asks('second'))).toEqual(UNKNOWN)
    source.time.advance(29)
    expect(await source.find(asks('second'))).toEqual(UNKNOWN)
    expect(server.requests).toHaveLength(1)
    source.time.advance(1)
    expect(await source.find(asks('second'))).toEqual(UNKNOWN)
    await source.fetches(2)
    expect(await source.find(asks('second'))).toMatchObject(found(jwkOf(SECOND)))
  })

  test('answers the same for an unknown key while its server is away, until stale_seconds have passed', async () => {
    const { source } = await withoutServer(aFetchedNeverWaiting())
    expect(await source.find(asks('second'))).toEqual(UNKNOWN)
    expect(await source.find(asks('first'))).toMatchObject(found(jwkOf(FIRST)))
    await outlast(source, FIRST_TRIES)
    await outlast(source, minutes(61))
    expect(await source.find(asks('second'))).toEqual(unavailable(60))
    expect(await source.find(asks('first'))).toEqual(unavailable(60))
  })

  test('is unavailable before its first fetch has ended', async () => {
    const server = await aKeyServer()
    server.publish({ keys: [FIRST] })
    const source = aSourceOf(server, { requests: 'never_wait' })
    expect(await source.find(asks('first'))).toEqual(unavailable(1))
    await source.fetches(1)
    expect(await source.find(asks('first'))).toMatchObject(found(jwkOf(FIRST)))
  })
})

describe('an assertion without a key ID', () => {
  test('is compared with the one or two keys of its algorithm', async () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' })
    const source = aKeySource({ location: { source: 'inline', keys: [FIRST, aKey(), rsa] } })
    expect(await source.find(asks(undefined))).toMatchObject({ keys: [{ kid: 'first' }, { kid: undefined }] })
    expect(await source.find(asks(undefined, 'RS256'))).toMatchObject(found(rsa))
    expect(await source.find(asks(undefined, 'PS256'))).toEqual(UNKNOWN)
  })

  test('is refused if three keys fit, without a fetch', async () => {
    const { source, server } = await aFetchedSource()
    server.publish({ keys: [FIRST, SECOND, aKey('third')] })
    await source.refresh()
    source.time.advance(60)
    expect(await source.find({ ...ES256, kid: undefined })).toEqual(UNKNOWN)
    expect(server.requests).toHaveLength(2)
  })
})

test('a key is not found by its ID if the algorithm differs', async () => {
  const { source } = await aFetchedSource()
  expect(await source.find(asks('first', 'RS256'))).toEqual(UNKNOWN)
})

test('keys that an operator enters are never fetched and never outdated', async () => {
  const source = aKeySource({ location: { source: 'inline', keys: [FIRST, { kty: 'oct', k: 'AAAA' }] } })
  source.time.advance(1_000_000)
  expect(await source.find(asks('first'))).toMatchObject(found(jwkOf(FIRST)))
  expect(await source.find(asks('second'))).toEqual(UNKNOWN)
  expect(await source.refresh()).toEqual({
    fetchedAt: undefined,
    freshUntil: undefined,
    lastError: undefined,
    kids: ['first'],
  })
  expect(source.reports).toEqual([])
})

test('closing a source answers the requests that wait, and ends its connection and its later fetches', async () => {
  const { source, server } = await aFetchedSource()
  let isOpen = true
  server.answer((request) => {
    request.socket.once('close', () => {
      isOpen = false
    })
  })
  source.time.advance(60)
  const pending = source.find(asks('second'))
  await expect.poll(() => server.requests.length).toBe(2)
  source.close()
  expect(await pending).toEqual(unavailable(1))
  await expect.poll(() => isOpen).toBe(false)
  source.time.advance(10_000)
  expect(await source.find(asks('first'))).toEqual(unavailable(1))
  await source.refresh()
  expect(server.requests).toHaveLength(2)
  expect(source.reports).toEqual(['fetched good'])
})

/** Advances the clock by an hour in which no request uses the keys. */
async function unusedForAnHour(source: TestKeySource): Promise<void> {
  for (let count = 1; count <= 16; count++) {
    await source.fetches(count)
    source.time.advance(225)
  }
}

const FIRST_TRIES = [1, 2, 4, 8, 16, 32]
const minutes = (count: number): readonly number[] => Array.from({ length: count }, () => 60)

/** Advances the clock second by second. A fetch may end at the end of each second. */
async function outlast(source: TestKeySource, waits: readonly number[]): Promise<void> {
  for (const wait of waits) {
    const next = source.fetches(source.fetchCount + 1)
    source.time.advance(wait)
    await next
  }
}

async function aFetchedNeverWaiting(): Promise<{ source: TestKeySource; server: KeyServer }> {
  const server = await aKeyServer()
  server.publish({ keys: [FIRST] })
  const source = aSourceOf(server, { requests: 'never_wait' })
  await source.fetches(1)
  return { source, server }
}
