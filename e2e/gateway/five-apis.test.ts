// A server, a gateway and the five APIs of the sandbox as real processes: which APIs accept one token, and which events
// end it.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { call, MODELS_API, PREDICT_APIS, requestToken, type Token } from '../../examples/demo/calls.ts'
import { MODEL, type Platform, PREDICT, startPlatform } from '../../examples/demo/platform.ts'
import { eventually } from '../eventually.ts'
import { stopwatch } from '../stopwatch.ts'

const verdictOf = async (platform: Platform, api: Parameters<typeof call>[1], token: Token): Promise<string> => {
  const { status, reason } = await call(platform, api, token)
  return reason === null ? String(status) : `${String(status)} ${reason}`
}

const atPredictApis = (platform: Platform, token: Token): Promise<readonly string[]> =>
  Promise.all(PREDICT_APIS.map((api) => verdictOf(platform, api, token)))

describe('one token for four APIs', () => {
  let platform: Platform
  beforeAll(async () => {
    platform = await startPlatform()
  })
  afterAll(() => platform.stop())

  test('one token is accepted at four APIs and gets 403 at the fifth, and a new token ends it at all four at once', async () => {
    const models = await requestToken(platform, MODEL)
    const first = await requestToken(platform, PREDICT)
    expect(await atPredictApis(platform, first)).toEqual(['200', '200', '200', '200'])
    expect(await verdictOf(platform, MODELS_API, first)).toBe('403 insufficient_scope')
    const second = await requestToken(platform, PREDICT)
    const dead = Array<string>(4).fill('401 superseded')
    const took = stopwatch(process.pid)
    await eventually(async () => (await atPredictApis(platform, first)).join() === dead.join(), {
      within: 60_000,
      what: 'all four refuse the old token',
    })
    expect(took()).toBeLessThan(1000)
    // No API accepts the old token again.
    for (let round = 0; round < 20; round++) expect(await atPredictApis(platform, first)).toEqual(dead)
    expect(await atPredictApis(platform, second)).toEqual(['200', '200', '200', '200'])
    expect(await verdictOf(platform, MODELS_API, models)).toBe('200')
  })

  test('a superseded token is refused without a request to the server, because the gateway has the feed', async () => {
    const dead = await requestToken(platform, PREDICT)
    await requestToken(platform, PREDICT)
    await eventually(async () => (await atPredictApis(platform, dead)).every((verdict) => verdict.startsWith('401')), {
      within: 60_000,
      what: 'all four refuse the old token',
    })
    const before = await introspections(platform)
    for (let round = 0; round < 10; round++) await atPredictApis(platform, dead)
    expect(await introspections(platform)).toBe(before)
  })

  test('a job that was submitted with one token is fetched with the next token, and belongs to the integration', async () => {
    const [, , submit] = PREDICT_APIS
    if (submit === undefined) throw new Error('there is no such API')
    const first = await requestToken(platform, PREDICT)
    const { body } = await call(platform, submit, first)
    const second = await requestToken(platform, PREDICT)
    const poll = { ...submit, method: 'GET', path: `/ai/async-prediction/${String(body['predictionId'])}` } as const
    const ready = await eventually(
      async () => {
        const answer = await call(platform, { name: poll.name, method: 'GET', path: poll.path }, second)
        return answer.body['status'] === 'READY' && answer
      },
      { within: 60_000, what: 'the job is ready' },
    )
    expect(ready).toMatchObject({ status: 200, calledBy: platform.client.clientId })
  })

  test('a prediction is streamed: the first word arrives before the API has sent the last word', async () => {
    const token = await requestToken(platform, PREDICT)
    const began = performance.now()
    const response = await fetch(`${platform.gateway.url}/ai/prediction/passthrough/sandbox-1`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token.text}`,
        accept: 'text/event-stream',
        'content-type': 'application/json',
      },
      body: JSON.stringify({ batch: [{ text: 'Each of these words is an event of its own, some time apart.' }] }),
    })
    const arrivals: { readonly at: number; readonly text: string }[] = []
    for await (const chunk of response.body ?? []) {
      arrivals.push({ at: performance.now() - began, text: new TextDecoder().decode(chunk as Uint8Array) })
    }
    expect(arrivals[0]?.text).toBe('data: {"index":0,"delta":"Each "}\n\n')
    expect(arrivals.at(-1)?.text).toContain('[DONE]')
    // The API sends twelve words, 40 ms apart. A gateway that buffers would deliver them together.
    expect(arrivals.length).toBeGreaterThan(8)
    expect((arrivals.at(-1)?.at ?? 0) - (arrivals[0]?.at ?? 0)).toBeGreaterThan(300)
  })

  test('the chunking API splits a megabyte of text into chunks', async () => {
    const token = await requestToken(platform, PREDICT)
    const text = 'Every sentence is as long as the one before it. '.repeat(20_800)
    const submit = {
      name: 'Async Chunking API',
      method: 'POST',
      path: '/ai/async-chunking/sentence/sandbox-1',
    } as const
    const { status, body } = await call(platform, { ...submit, body: { batch: [{ text }] } }, token)
    expect(status).toBe(200)
    const poll = { name: submit.name, method: 'GET', path: `/ai/async-chunking/${String(body['chunkingId'])}` } as const
    const { chunkedData } = await eventually(
      async () => {
        const answer = await call(platform, poll, token)
        return answer.body['status'] === 'READY' && (answer.body as { chunkedData: { chunks: unknown[] }[] })
      },
      { within: 60_000, what: 'the chunks are ready' },
    )
    expect(chunkedData[0]?.chunks).toHaveLength(5200)
  })
})

test('an expired token gets 401 at all five APIs', async () => {
  const platform = await startPlatform({ server: { LATCHKEY_TOKEN_LIFETIME: '5' } })
  try {
    const [predict, models] = [await requestToken(platform, PREDICT), await requestToken(platform, MODEL)]
    expect(await atPredictApis(platform, predict)).toEqual(['200', '200', '200', '200'])
    expect(await verdictOf(platform, MODELS_API, models)).toBe('200')
    await eventually(() => Date.now() / 1000 >= Math.max(predict.expiresAt, models.expiresAt), {
      within: 60_000,
      what: 'both tokens are over',
    })
    expect(await atPredictApis(platform, predict)).toEqual(Array<string>(4).fill('401 expired'))
    expect(await verdictOf(platform, MODELS_API, models)).toBe('401 expired')
  } finally {
    await platform.stop()
  }
})

async function introspections({ gateway }: Platform): Promise<number> {
  const text = await (await fetch(`${gateway.status_url}/metrics`)).text()
  const counts = text.matchAll(/^latchkey_guard_introspections_total\{[^}]*\} (\d+)/gm)
  return [...counts].reduce((sum, [, count]) => sum + Number(count), 0)
}
