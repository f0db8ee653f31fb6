// The sandbox's routes and answers, and the owners of jobs.
import { beforeAll, expect, test } from 'vitest'
import { createAiPlatform } from '../ai-platform.ts'
import type { SandboxServer } from '../sandbox-server.ts'

const BILLING = 'lkbilling0000000'
const SEARCH = 'lksearch00000000'

let app: SandboxServer
beforeAll(() => {
  app = createAiPlatform({ workMilliseconds: 0, wordMilliseconds: 0 })
})

const ask = (method: 'GET' | 'POST', url: string, payload?: object, headers: Record<string, string> = {}) =>
  app.inject({ method, url, headers: { 'x-latchkey-client-id': BILLING, ...headers }, ...(payload && { payload }) })

const batch = [{ text: 'Latchkey keeps one token. The others are over.' }]

test('every answer names the calling integration', async () => {
  const answer = await ask('GET', '/ai/usecase', undefined, { 'x-latchkey-client-id': SEARCH })
  expect(answer.statusCode).toBe(200)
  expect(answer.headers['sandbox-called-by']).toBe(SEARCH)
})

test('a caller without an identity is rejected', async () => {
  expect((await app.inject('/ai/usecase')).statusCode).toBe(403)
})

test('the use cases are listed with their models', async () => {
  const { useCases } = (await ask('GET', '/ai/usecase')).json<{ useCases: { name: string; models: unknown }[] }>()
  expect(useCases).toContainEqual(expect.objectContaining({ name: 'summarization', models: [{ id: 'sandbox-1' }] }))
})

test('a prediction answers each text of the batch', async () => {
  const body = { batch, useCaseConfig: { any: 1 }, modelConfig: { temperature: 0 } }
  expect((await ask('POST', '/ai/prediction/summarization/sandbox-1', body)).json()).toEqual({
    predictions: [{ response: 'Latchkey keeps one token.', tokensUsed: { inputTokens: 10, outputTokens: 5 } }],
  })
})

test('a prediction is streamed word by word to a caller that accepts events', async () => {
  const headers = { accept: 'text/event-stream' }
  const answer = await ask('POST', '/ai/prediction/summarization/sandbox-1', { batch }, headers)
  expect(answer.headers['content-type']).toBe('text/event-stream')
  const events = answer.body.split('\n\n').filter((event) => event !== '')
  expect(events[0]).toBe('data: {"index":0,"delta":"Latchkey "}')
  expect(events.at(-1)).toBe('data: [DONE]')
})

test('prompts and the tokens of a text can be requested', async () => {
  const prompt = await ask('POST', '/ai/prompt/passthrough/sandbox-1', { batch: [{ text: 'Hello' }] })
  expect(prompt.json()).toEqual({ prompts: [{ prompt: 'passthrough: Hello' }] })
  const tokens = await ask('POST', '/ai/tokenization/sandbox-1', { batch: [{ text: 'One key.' }] })
  expect(tokens.json()).toEqual({ generatedTokens: [{ tokens: ['One', 'key', '.'] }] })
})

test('an integration polls its job until the job is ready, and can read the result more than once', async () => {
  const submitted = await ask('POST', '/ai/async-prediction/keyword-extraction/sandbox-1', { batch })
  const { predictionId, status } = submitted.json<{ predictionId: string; status: string }>()
  expect(status).toBe('SUBMITTED')
  const path = `/ai/async-prediction/${predictionId}`
  expect((await ask('GET', path)).json()).toMatchObject({ status: 'READY', predictions: [{}] })
  expect((await ask('GET', path)).json()).toMatchObject({ status: 'RETRIEVED', predictions: [{}] })
})

test('a job in progress has no result', async () => {
  const slow = createAiPlatform({ workMilliseconds: 60_000, wordMilliseconds: 0 })
  const headers = { 'x-latchkey-client-id': BILLING }
  const url = '/ai/async-chunking/sentence/sandbox-1'
  const submitted = await slow.inject({ method: 'POST', url, headers, payload: { batch } })
  const { chunkingId } = submitted.json<{ chunkingId: string }>()
  const poll = await slow.inject({ url: `/ai/async-chunking/${chunkingId}`, headers })
  expect(poll.json()).toEqual({ chunkingId, status: 'SUBMITTED' })
})

test('a job of one integration does not exist for another integration', async () => {
  const submitted = await ask('POST', '/ai/async-prediction/passthrough/sandbox-1', { batch })
  const { predictionId } = submitted.json<{ predictionId: string }>()
  const stranger = { 'x-latchkey-client-id': SEARCH }
  expect((await ask('GET', `/ai/async-prediction/${predictionId}`, undefined, stranger)).statusCode).toBe(404)
})

test('each chunk has the span of the text that it covers', async () => {
  const body = { batch, chunkerConfig: { chunkSize: 1, overlapSize: 0 } }
  const submitted = await ask('POST', '/ai/async-chunking/sentence/sandbox-1', body)
  const { chunkingId } = submitted.json<{ chunkingId: string }>()
  expect((await ask('GET', `/ai/async-chunking/${chunkingId}`)).json()).toEqual({
    chunkingId,
    status: 'READY',
    chunkedData: [
      {
        chunks: [
          { text: 'Latchkey keeps one token.', span: { start: 0, end: 25 } },
          { text: 'The others are over.', span: { start: 26, end: 46 } },
        ],
      },
    ],
  })
})

test.each([
  ['GET', '/customers/acme/ai/models/none'],
  ['GET', '/customers/acme/ai/deployments/none'],
  ['GET', '/ai/async-prediction/00000000-0000-4000-8000-000000000000'],
  ['POST', '/ai/prediction/none/sandbox-1'],
  ['POST', '/ai/prediction/passthrough/none'],
  ['POST', '/ai/async-chunking/semantic/sandbox-1'],
] as const)('%s %s: an unknown name gets 404', async (method, url) => {
  expect((await ask(method, url, method === 'POST' ? { batch } : undefined)).statusCode).toBe(404)
})

test.each([
  ['no batch', {}],
  ['an empty batch', { batch: [] }],
  ['33 texts', { batch: Array.from({ length: 33 }, () => ({ text: 'a' })) }],
  ['an overlap as large as the chunk', { batch, chunkerConfig: { chunkSize: 2, overlapSize: 2 } }],
])('%s gets 400', async (_what, body) => {
  expect((await ask('POST', '/ai/async-chunking/sentence/sandbox-1', body)).statusCode).toBe(400)
})

test('models and their deployments are read from memory', async () => {
  const models = (await ask('GET', '/customers/acme/ai/models')).json<{ id: string; deployments: unknown[] }[]>()
  expect(models.map(({ id }) => id)).toEqual(['sandbox-1', 'sandbox-2'])
  const [deployment] = (await ask('GET', '/customers/acme/ai/deployments')).json<{ id: string }[]>()
  const path = `/customers/acme/ai/deployments/${deployment?.id ?? ''}`
  expect((await ask('GET', path)).json()).toEqual(deployment)
  expect((await ask('GET', '/customers/acme/ai/models/sandbox-1')).json()).toEqual(models[0])
  expect((await ask('GET', '/customers/acme/ai/models/sandbox-1/deployments')).json()).toEqual([deployment])
})
