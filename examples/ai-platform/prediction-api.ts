// Prediction API: answers at once or word by word. Also returns the prompt and the tokens of a text.
import { Readable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { Type } from 'typebox'
import { type Prediction, predict } from './predictions.ts'
import { notThere, type SandboxServer } from './sandbox-server.ts'
import { Batch, PredictionRequest, UseCaseParameters } from './schemas.ts'
import { tokensOf } from './toy-models.ts'

const schema = { params: UseCaseParameters, body: PredictionRequest }

export function addPredictionApi(app: SandboxServer, wordMilliseconds: number): void {
  app.post('/ai/prediction/:useCase/:modelId', { schema }, (request, reply) => {
    const predictions = predict(request.params, request.body.batch)
    if (predictions === undefined) return notThere(reply, 'use case or model')
    if (!(request.headers.accept ?? '').includes('text/event-stream')) return reply.send({ predictions })
    void reply.type('text/event-stream').header('cache-control', 'no-store')
    return reply.send(Readable.from(wordByWord(predictions, wordMilliseconds)))
  })

  app.post('/ai/prompt/:useCase/:modelId', { schema }, (request, reply) => {
    if (predict(request.params, request.body.batch) === undefined) return notThere(reply, 'use case or model')
    const { useCase } = request.params
    return reply.send({ prompts: request.body.batch.map(({ text }) => ({ prompt: `${useCase}: ${text}` })) })
  })

  const params = Type.Object({ modelId: Type.String() })
  app.post('/ai/tokenization/:modelId', { schema: { params, body: Type.Object({ batch: Batch }) } }, (request) => ({
    generatedTokens: request.body.batch.map(({ text }) => ({ tokens: tokensOf(text) })),
  }))
}

/** Server-sent events: one for each word, then the whole predictions, then the usual end marker. */
async function* wordByWord(predictions: readonly Prediction[], wordMilliseconds: number): AsyncGenerator<string> {
  for (const [index, { response }] of predictions.entries()) {
    for (const word of response.split(/(?<=\s)/)) {
      yield event({ index, delta: word })
      await pause(wordMilliseconds)
    }
  }
  yield event({ predictions })
  yield 'data: [DONE]\n\n'
}

const event = (data: object): string => `data: ${JSON.stringify(data)}\n\n`
